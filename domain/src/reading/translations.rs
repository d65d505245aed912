//! The usual labels of scales in other languages: a model that answers in another language than
//! the definition's translates the label too.

/// Labels that mean the same, separated by `|`.
const SAME: [&str; 11] = [
    "Definitely not|Точно ні|Однозначно ні|Säkert inte|Definitivt inte|Helt sikkert ikke|Ehdottomasti ei|Určitě ne|Chắc chắn không|Tentu tidak|Cu siguranță nu|Σίγουρα όχι|قطعاً نه|Certainly not|Auf keinen Fall|Definitiv nicht|Sicher nicht|Certainement pas|Sûrement pas|\
     Definitivamente no|Definitivamente não|Com certeza não|Sicuramente no|Assolutamente no|Zeker niet|\
     Beslist niet|Na pewno nie|Zdecydowanie nie|Точно нет|Определённо нет|Kesinlikle hayır|بالتأكيد لا|قطعا لا|\
     בהחלט לא|निश्चित रूप से नहीं|बिल्कुल नहीं|绝对不|肯定不|绝对不是|絶対に違う|절대 아니다",
    "Probably not|Мабуть, ні|Скоріше ні|Радше ні|Förmodligen inte|Troligen inte|Sannsynligvis ikke|Sandsynligvis ikke|Todennäköisesti ei|Spíše ne|Pravděpodobně ne|Có lẽ không|Mungkin tidak|Probabil nu|Μάλλον όχι|احتمالاً نه|Eher nicht|Wahrscheinlich nicht|Vermutlich nicht|Probablement pas|Sans doute pas|\
     Probablemente no|Provavelmente não|Probabilmente no|Waarschijnlijk niet|Raczej nie|Prawdopodobnie nie|\
     Скорее нет|Вероятно, нет|Наверное, нет|Muhtemelen hayır|ربما لا|على الأرجح لا|כנראה לא|शायद नहीं|可能不|\
     大概不|恐らく違う|아마 아니다",
    "Unsure|Важко сказати|Не впевнений|Osäker|Usikker|Epävarma|Nejsem si jistý|Không chắc|Tidak yakin|Nesigur|Αβέβαιος|مطمئن نیستم|Not sure|Uncertain|Undecided|Unsicher|Unentschieden|Unentschlossen|Pas sûr|Incertain|Indécis|\
     No estoy seguro|No estoy segura|Inseguro|Não tenho certeza|Incerto|Indeciso|Non sono sicuro|Onzeker|\
     Niet zeker|Nie jestem pewien|Niepewny|Не уверен|Не уверена|Не знаю|Emin değilim|Kararsız|غير متأكد|\
     לא בטוח|अनिश्चित|不确定|わからない|확실하지 않다",
    "Probably|Probably yes|Мабуть, так|Скоріше так|Радше так|Förmodligen|Troligen|Sannsynligvis|Sandsynligvis|Todennäköisesti|Spíše ano|Pravděpodobně|Có lẽ|Probabil|Μάλλον ναι|احتمالاً|Wahrscheinlich|Vermutlich|Eher ja|Wahrscheinlich ja|Probablement|Probablement oui|\
     Probablemente|Probablemente sí|Provavelmente|Provavelmente sim|Probabilmente|Probabilmente sì|\
     Waarschijnlijk|Waarschijnlijk wel|Raczej tak|Prawdopodobnie|Скорее да|Вероятно|Вероятно, да|Наверное|\
     Muhtemelen|Muhtemelen evet|على الأرجح|على الأرجح نعم|כנראה כן|शायद हाँ|大概是|恐らくそう|아마 그렇다",
    "Definitely|Definitely yes|Точно так|Однозначно так|Definitivt|Helt sikkert|Ehdottomasti|Určitě|Určitě ano|Chắc chắn|Cu siguranță|Σίγουρα|قطعاً|Auf jeden Fall|Definitiv|Certainement|Certainement oui|Definitivamente|\
     Definitivamente sí|Definitivamente sim|Com certeza|Sicuramente|Sicuramente sì|Zeker|Zeker wel|Na pewno|\
     Na pewno tak|Zdecydowanie tak|Точно да|Определённо|Определённо да|Kesinlikle|Kesinlikle evet|بالتأكيد|\
     بالتأكيد نعم|בהחלט|בהחלט כן|निश्चित रूप से|निश्चित रूप से हाँ|绝对是|肯定是|절대 그렇다",
    "Strongly disagree|Повністю не згоден|Категорично не згоден|Håller inte alls med|Helt uenig|Täysin eri mieltä|Rozhodně nesouhlasím|Hoàn toàn không đồng ý|Sangat tidak setuju|Dezacord total|Διαφωνώ απόλυτα|کاملاً مخالفم|Stimme überhaupt nicht zu|Lehne stark ab|Pas du tout d'accord|Fortement en désaccord|\
     Totalmente en desacuerdo|Muy en desacuerdo|Discordo totalmente|Discordo fortemente|\
     Fortemente in disaccordo|Completamente in disaccordo|Helemaal mee oneens|Zeer mee oneens|\
     Zdecydowanie się nie zgadzam|Совершенно не согласен|Категорически не согласен|Полностью не согласен|\
     Kesinlikle katılmıyorum|لا أوافق بشدة|पूर्णतः असहमत|非常不同意|强烈反对|まったく同意しない|\
     強く反対|전혀 동의하지 않는다|매우 반대",
    "Disagree|Не згоден|Не згодна|Håller inte med|Uenig|Eri mieltä|Nesouhlasím|Không đồng ý|Tidak setuju|Nu sunt de acord|Διαφωνώ|مخالفم|Niet mee eens|Ik ben het er niet mee eens|Ben het er niet mee eens|Non sono d'accordo|No estoy de acuerdo|Je ne suis pas d'accord|Ich stimme nicht zu|Não concordo|Не согласна|I disagree|Stimme nicht zu|Lehne ab|Pas d'accord|En désaccord|En desacuerdo|Discordo|In disaccordo|\
     Mee oneens|Oneens|Nie zgadzam się|Не согласен|Не согласна|Katılmıyorum|لا أوافق|לא מסכים|לא מסכימה|असहमत|\
     不同意|反对|同意しない|反対|동의하지 않는다|반대",
    "Neutral|Нейтральний|Neutralt|Nøytral|Neutraali|Neutrální|Trung lập|Netral|Ουδέτερος|بی‌طرف|Weder noch|Teils teils|Neutre|Neutro|Neutraal|Neutralny|Neutralnie|Нейтрально|Nötr|Tarafsız|محايد|\
     ניטרלי|तटस्थ|中立|どちらでもない|보통|중립",
    "Agree|Згоден|Згодна|Погоджуюсь|Håller med|Enig|Samaa mieltä|Souhlasím|Đồng ý|Setuju|Sunt de acord|Συμφωνώ|موافقم|Ik ben het ermee eens|Sono d'accordo|Estoy de acuerdo|Je suis d'accord|Ich stimme zu|I agree|Stimme zu|D'accord|De acuerdo|Concordo|D'accordo|Mee eens|Eens|Zgadzam się|Согласен|Согласна|\
     Katılıyorum|أوافق|מסכים|מסכימה|सहमत|同意|赞成|同意する|賛成|동의한다|동의|찬성",
    "Strongly agree|Повністю згоден|Håller helt med|Helt enig|Täysin samaa mieltä|Rozhodně souhlasím|Hoàn toàn đồng ý|Sangat setuju|Acord total|Συμφωνώ απόλυτα|کاملاً موافقم|Stimme voll zu|Stimme voll und ganz zu|Tout à fait d'accord|Fortement d'accord|\
     Totalmente de acuerdo|Muy de acuerdo|Concordo totalmente|Concordo fortemente|Fortemente d'accordo|\
     Completamente d'accordo|Helemaal mee eens|Zeer mee eens|Zdecydowanie się zgadzam|Полностью согласен|\
     Совершенно согласен|Kesinlikle katılıyorum|أوافق بشدة|पूर्णतः सहमत|非常同意|强烈赞成|強く同意する|매우 동의한다",
    "Not at all|Зовсім ні|Inte alls|Slet ikke|Overhovedet ikke|Ei lainkaan|Vůbec ne|Hoàn toàn không|Sama sekali tidak|Deloc|Καθόλου|اصلاً|Überhaupt nicht|Gar nicht|Pas du tout|En absoluto|De modo nenhum|Per niente|Helemaal niet|\
     Wcale nie|Совсем нет|Нисколько|Hiç|على الإطلاق|בכלל לא|बिल्कुल नहीं|完全不|まったくない|전혀",
];

/// The other spellings of a label.
pub(super) fn of_label(label: &str) -> Vec<String> {
    let label = label.trim().to_lowercase();
    let same = SAME.iter().find(|same| same.split('|').any(|one| one.to_lowercase() == label));
    let mut more: Vec<String> =
        same.into_iter().flat_map(|same| same.split('|')).map(str::to_owned).collect();
    // Japanese and Korean have plain and polite forms of the same words.
    const POLITE: [(&str, &str); 5] = [
        ("する", "します"),
        ("しない", "しません"),
        ("言えない", "言えません"),
        ("그렇다", "그렇습니다"),
        ("이다", "입니다"),
    ];
    more.extend(
        POLITE
            .iter()
            .filter_map(|(plain, polite)| label.strip_suffix(plain).map(|stem| format!("{stem}{polite}"))),
    );
    more
}
