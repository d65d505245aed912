//! Further spellings of what a definition names: “no” in other languages, “Aurora” for “Project
//! Aurora”, a Cyrillic А for A.

use super::translations;
use crate::definition::{Choice, ScalePoint};

/// “Yes” in the languages the reader knows.
const YES: &str = "yes yeah yep ja jawohl oui sí sì sim да так tak evet نعم כן हाँ हां 是的 是 はい 예 네 ναι ano \
    igen kyllä так có vâng iya ใช่ بله آری ہاں হ্যাঁ ஆம் అవును ndiyo oo";
/// “No” in the languages the reader knows.
const NO: &str = "no nope nein non não nee nie nej нет ні hayır لا לא नहीं 否 不 いいえ 아니요 아니오 όχι nem ei ні không tidak ไม่ خیر نه نہیں না இல்லை కాదు hapana nei";
/// “No” in more words. “Absolutely” and the like are left out: they open a speech as often as they answer.
const FIRM_NO: [&str; 14] = [
    "no way",
    "under no circumstances",
    "absolutely not",
    "certainly not",
    "definitely not",
    "of course not",
    "clearly not",
    "by no means",
    "auf keinen fall",
    "certainement pas",
    "bien sûr que non",
    "claro que no",
    "assolutamente no",
    "de jeito nenhum",
];
/// Number words for choices that are numbered.
const COUNT: [&str; 9] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
/// The place of a choice among those offered, in words.
const ORDINALS: [&str; 4] = [
    "first option|first choice|first alternative|1st option|option number one|option number 1|erste option|\
     ersten option|erste möglichkeit|première option|primera opción|primeira opção|prima opzione|eerste optie",
    "second option|second choice|second alternative|2nd option|option number two|option number 2|zweite option|\
     zweiten option|zweite möglichkeit|deuxième option|seconde option|segunda opción|segunda opção|\
     seconda opzione|tweede optie",
    "third option|third choice|third alternative|3rd option|option number three|option number 3|dritte option|\
     dritten option|dritte möglichkeit|troisième option|tercera opción|terceira opção|terza opzione|derde optie",
    "fourth option|fourth choice|fourth alternative|4th option|option number four|option number 4|vierte option|\
     vierten option|vierte möglichkeit|quatrième option|cuarta opción|quarta opção|quarta opzione|vierde optie",
];
/// Latin letters and the letters of other scripts that look like them.
const TWINS: [(char, &str); 12] = [
    ('A', "АΑ"),
    ('B', "ВΒ"),
    ('C', "СϹ"),
    ('E', "ЕΕ"),
    ('H', "НΗ"),
    ('K', "КΚ"),
    ('M', "МΜ"),
    ('O', "ОΟ"),
    ('P', "РΡ"),
    ('T', "ТΤ"),
    ('X', "ХΧ"),
    ('I', "ІΙ"),
];

/// Whether the two choices are “yes” and “no”, and which one is “yes”.
pub(super) fn yes_of(choices: &[Choice]) -> Option<usize> {
    let is = |choice: &Choice, words: &str| {
        [Some(&choice.name), choice.label.as_ref()].into_iter().flatten().any(|name| {
            let name = name.trim().to_lowercase();
            name == "si" && words == YES || words.split_whitespace().any(|word| word == name)
        })
    };
    match choices {
        [one, other] if is(one, YES) && is(other, NO) => Some(0),
        [one, other] if is(one, NO) && is(other, YES) => Some(1),
        _ => None,
    }
}

/// Further spellings of each choice, with its index.
pub(super) fn of_choices(choices: &[Choice]) -> Vec<(usize, String)> {
    let mut more = Vec::new();
    if let Some(yes) = yes_of(choices) {
        more.extend(YES.split_whitespace().map(|word| (yes, word.to_owned())));
        more.extend(NO.split_whitespace().map(|word| (1 - yes, word.to_owned())));
        more.extend(FIRM_NO.iter().map(|words| (1 - yes, (*words).to_owned())));
        return more;
    }
    let labels: Vec<&str> = choices.iter().filter_map(|choice| choice.label.as_deref()).collect();
    if let Some(shared) = shared_word(&labels).filter(|_| labels.len() == choices.len()) {
        let rest = labels.iter().enumerate();
        more.extend(
            rest.map(|(index, label)| {
                (index, label.get(shared.len()..).unwrap_or_default().trim().to_owned())
            }),
        );
    }
    for (index, ordinals) in ORDINALS.iter().enumerate().take(choices.len()) {
        more.extend(ordinals.split('|').map(|ordinal| (index, ordinal.to_owned())));
    }
    for (index, choice) in choices.iter().enumerate() {
        more.extend(choice.label.iter().flat_map(|label| first_person(label)).map(|form| (index, form)));
        more.extend(twins(&choice.name).map(|twin| (index, twin)));
        let number = choice.name.parse::<usize>().ok().and_then(|number| COUNT.get(number.checked_sub(1)?));
        if let Some(word) = number {
            let before = ["option", "number", "choice"].into_iter().chain(shared_word(&labels));
            more.extend(before.map(|before| (index, format!("{before} {word}"))));
            more.extend(shared_word(&labels).map(|before| (index, format!("{before} {}", choice.name))));
        }
    }
    more
}

/// Further spellings of each point, with its index.
pub(super) fn of_points(points: &[ScalePoint]) -> Vec<(usize, String)> {
    let all = points.iter().enumerate();
    all.flat_map(|(index, point)| {
        let more = twins(&point.label).chain(translations::of_label(&point.label));
        more.map(move |spelling| (index, spelling))
    })
    .collect()
}

/// What one says who does what an infinitive names: “tirerei la leva” for “tirare la leva”.
fn first_person(label: &str) -> Vec<String> {
    const IRREGULAR: [(&str, &[&str]); 8] = [
        ("fare", &["farei", "farò", "faccio"]),
        ("dire", &["direi", "dirò", "dico"]),
        ("hacer", &["haría", "haré", "hago"]),
        ("decir", &["diría", "diré", "digo"]),
        ("fazer", &["faria", "farei", "faço"]),
        ("dizer", &["diria", "direi", "digo"]),
        ("faire", &["ferais", "ferai"]),
        ("dire", &["dirais", "dirai"]),
    ];
    const REGULAR: [(&str, &[&str]); 7] = [
        ("are", &["erei", "erò"]),
        ("ere", &["erei", "erò"]),
        ("ire", &["irei", "irò"]),
        ("ar", &["aría", "aria", "aré", "arei"]),
        ("er", &["ería", "eria", "erais", "erai"]),
        ("ir", &["iría", "iria", "irais", "irai"]),
        ("re", &["rais", "rai"]),
    ];
    let words: Vec<&str> = label.split_whitespace().collect();
    if words.len() < 2
        || label.is_ascii() && words.iter().any(|word| ["the", "to", "it", "with"].contains(word))
    {
        return Vec::new();
    }
    let mut forms = Vec::new();
    // “Non fare nulla”: the verb may be the second word.
    for (at, word) in words.iter().enumerate().take(2) {
        let verb = word.to_lowercase();
        let irregular = IRREGULAR.iter().filter(|(name, _)| *name == verb);
        let mut found: Vec<String> =
            irregular.flat_map(|(_, forms)| forms.iter().map(|form| (*form).to_owned())).collect();
        if found.is_empty() && verb.chars().count() > 3 {
            let regular =
                REGULAR.iter().filter_map(|(ending, forms)| Some((verb.strip_suffix(ending)?, forms)));
            found.extend(
                regular.flat_map(|(stem, forms)| forms.iter().map(move |form| format!("{stem}{form}"))),
            );
        }
        for form in found {
            let mut spelled = words.clone();
            if let Some(word) = spelled.get_mut(at) {
                *word = &form;
            }
            forms.push(spelled.join(" "));
        }
        if !forms.is_empty() {
            break;
        }
    }
    forms
}

/// The first word of every label, where it is the same and more follows.
fn shared_word<'a>(labels: &[&'a str]) -> Option<&'a str> {
    let first = labels.first()?.split_whitespace().next()?;
    let shared = labels.len() > 1
        && labels.iter().all(|label| {
            label.strip_prefix(first).is_some_and(|rest| rest.starts_with(' ') && rest.trim().len() > 1)
        });
    shared.then_some(first)
}

fn twins(name: &str) -> impl Iterator<Item = String> {
    let mut letters = name.trim().chars();
    let letter = letters.next().filter(|_| letters.next().is_none());
    let twins = TWINS.iter().find(|(latin, _)| Some(*latin) == letter).map_or("", |(_, twins)| twins);
    twins.chars().map(String::from)
}
