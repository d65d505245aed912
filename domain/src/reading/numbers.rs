//! Number words.

/// Number words: the value of the first and one word per value, spellings separated by `/`.
pub(super) const NUMBERS: &[(i64, &str)] = &[
    (
        0,
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen \
        sixteen seventeen eighteen nineteen",
    ),
    (0, "null eins zwei/zwo drei vier fünf sechs sieben acht neun zehn"),
    (0, "zéro un/une deux trois quatre cinq six sept huit neuf dix"),
    (0, "cero uno dos tres cuatro cinco seis siete ocho nueve diez"),
    (0, "zero uno due tre quattro cinque sei sette otto nove dieci"),
    (0, "zero um/uma dois/duas três quatro cinco seis sete oito nove dez"),
    (0, "nul één twee drie vier vijf zes zeven acht negen tien"),
    (0, "ноль один/одна два/две три четыре пять шесть семь восемь девять десять"),
    (0, "صفر واحد اثنان/اثنين ثلاثة أربعة/اربعة خمسة ستة سبعة ثمانية تسعة عشرة"),
    (0, "शून्य एक दो तीन चार पाँच/पांच छह/छः सात आठ नौ दस"),
    (0, "零 一 二 三 四 五 六 七 八 九 十"),
    (
        1,
        "jedynka/jedynkę dwójka/dwójkę trójka/trójkę czwórka/czwórkę piątka/piątkę szóstka/szóstkę siódemka/siódemkę ósemka/ósemkę dziewiątka/dziewiątkę dziesiątka/dziesiątkę",
    ),
    (0, "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć"),
    (
        1,
        "единица/единицу двойка/двойку тройка/тройку четвёрка/четвёрку пятёрка/пятёрку шестёрка/шестёрку семёрка/семёрку восьмёрка/восьмёрку девятка/девятку десятка/десятку",
    ),
    (0, "sıfır tek iki üç dört beş altı yedi sekiz dokuz"),
    (0, "אפס אחת שתיים/שתים שלוש ארבע חמש שש שבע שמונה תשע עשר"),
    (1, "하나 둘 셋 넷 다섯 여섯 일곱 여덟 아홉 열"),
];

/// Twenty to ninety, which a unit may follow.
pub(super) const TENS: &str = "twenty thirty forty fifty sixty seventy eighty ninety";
