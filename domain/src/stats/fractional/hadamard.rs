//! Hadamard matrices of Paley's first kind: two-level columns that are orthogonal in fewer rows than
//! a power of two.

/// Whether a matrix of this order is known here: one more than a prime that is 3 modulo 4.
pub(super) fn is_hadamard_order(order: u64) -> bool {
    let prime = order.saturating_sub(1);
    let is_prime =
        prime > 2 && (2..).take_while(|divisor| divisor * divisor <= prime).all(|d| !prime.is_multiple_of(d));
    is_prime && prime % 4 == 3
}

/// `count` columns of 0 and 1, `order` rows each. `None` where there are not so many.
///
/// Source: Paley (1933), J. Mathematics and Physics 12:311–320; Plackett & Burman (1946), Biometrika
/// 33:305–325.
pub(super) fn hadamard_columns(order: u64, count: usize) -> Option<Vec<Vec<u32>>> {
    let prime = order.checked_sub(1).filter(|_| is_hadamard_order(order))?;
    if count as u64 > prime {
        return None;
    }
    let mut is_square = vec![false; prime as usize];
    for root in 1..prime {
        let square = (root * root % prime) as usize;
        is_square.iter_mut().skip(square).take(1).for_each(|place| *place = true);
    }
    // A shifted copy of the squares per column, and one row of zeros.
    let entry = |row: u64, column: u64| {
        let distance = ((row + prime - column) % prime) as usize;
        u32::from(distance == 0 || is_square.get(distance) == Some(&true))
    };
    Some(
        (0..count as u64)
            .map(|column| (0..prime).map(|row| entry(row, column)).chain([0]).collect())
            .collect(),
    )
}
