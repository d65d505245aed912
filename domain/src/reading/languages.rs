//! Words of further languages, and the usual misspellings and short forms of the English ones.

use super::vocabulary::{
    AS, AUXILIARY, BEST_FIRST, CAUSE, CHANGE, CONDITION, COPULA, DETERMINER, FILLER, FIRST_PERSON,
    FIRST_PERSON_VERB, FOLLOWER, FORCED, MARKING, NEGATION, NEUTRAL, NOUN, OPENER, POSSESSIVE, SUBJECT,
    TITLE, VERB, VERDICT,
};

/// Classes and their words, as in [`WORDS`](super::vocabulary::WORDS).
pub(super) const FURTHER: &[(u64, &str)] = &[
    (
        NOUN,
        "raitng ratign ratting anwser awnser asnwer answr desicion decison descision decsion chioce coice awnswer",
    ),
    (SUBJECT | FIRST_PERSON, "im id ive"),
    (NEUTRAL, "im id thnik thikn tihnk tbh imo imho ngl honestly lol fwiw idk teh "),
    (
        CHANGE,
        "change changing changed revise revising revised update updating updated amend amending switch \
        switching adjust adjusting correct correcting ändere ändern korrigiere change changerais modifie cambio \
        corrijo mudo altero wijzig zmieniam меняю изменяю",
    ),
    (VERB, "start starting  executing selecting favouring favoring escalate"),
    (VERB | MARKING, "assess assessed assessing view "),
    (
        FORCED,
        "required requires require compelled obliged obligated pinned   want  gedrängt gezwungen \
        contraint forcé forzado costretto obrigado gedwongen",
    ),
    (TITLE, "winner  sev soluzione solución solution solução lösung oplossing vinner gewinner"),
    (VERDICT, "severity winner classification recommendation assessment verdict rating score sev grade"),
    (TITLE, "深刻度 重大度 严重程度 严重性 심각도"),
    (COPULA, "sembra semble parece lijkt scheint wydaje seems"),
    (DETERMINER, "preferred migliore mejor meilleure melhor beste mi me mir najlepsza najlepszy лучшее"),
    (BEST_FIRST, "满分 滿分 总分"),
    (MARKING, "给 給"),
    (FILLER, "באפשרות באופציה לאפשרות בחלופה"),
    (OPENER, "במחשבה שנייה שניה בסופו"),
    (CONDITION, "whether"),
    // Swedish, Norwegian, Danish.
    (
        NOUN,
        "svar svaret beslut beslutet betyg bedömning omdöme val slutsats avgjørelse avgørelse vurdering \
        karakter valg konklusjon konklusion ",
    ),
    (POSSESSIVE, "min mitt mina vårt vores"),
    (DETERMINER, "min mitt mina slutliga slutgiltiga endelige endelig derfor därför altså alltså"),
    (SUBJECT, "jag jeg"),
    (FIRST_PERSON, "jag jeg"),
    (AUXILIARY, "skulle ville vil vill kommer at att"),
    (VERB, "väljer välja velger velge vælger vælge säger säga sier si siger sige svarar svarer"),
    (VERB | MARKING, "ger ge gir gi giver give sätter setter sætter"),
    (COPULA, "är er blir bliver lyder "),
    (FILLER, "ett en et alternativ nummer det den"),
    (
        NEUTRAL,
        "jag jeg tycker synes mener anser min mening åsikt mitt är er det en et ett för for mig meg blir \
        på skalan skalaen skala skulle säga och og men ville",
    ),
    (
        OPENER,
        "alltså altså därför derfor slutligen sammanfattningsvis alt allt sammantaget endelig samlet oppsummert",
    ),
    (FOLLOWER, "och og för fordi på"),
    (CAUSE, "eftersom fordi därför siden"),
    (NEGATION, "inte ikke aldrig aldri ingen"),
    (CONDITION, " hvis"),
    // Finnish, Hungarian, Estonian.
    (
        NOUN,
        "vastaukseni vastaus päätökseni päätös arvioni arvio valintani valinta válaszom válasz döntésem döntés \
        értékelésem értékelés választásom",
    ),
    (FIRST_PERSON_VERB, "valitsen vastaan annan választom választanám adok mondom"),
    (MARKING, "annan adok"),
    (OPENER, "siis lopuksi yhteenvetona tehát összefoglalva végül szóval"),
    (NEUTRAL, "mielestäni szerintem ez  egy"),
    (NEGATION, "  nem"),
    (CAUSE, "koska mert"),
    // Czech, Slovak, Ukrainian, Bulgarian, Serbian and Croatian.
    (
        NOUN,
        "odpověď odpověd rozhodnutí hodnocení volba volbou odpoveď rozhodnutie hodnotenie voľba відповідь рішення оцінка \
        вибір оцінку отговор решение оценка избор odgovor odluka ocjena ocena izbor",
    ),
    (POSSESSIVE, "moje můj má mé moja môj моя моє мій моето моят moj"),
    (
        DETERMINER,
        "moje můj má mé moja môj моя моє мій моето моят moj konečná konečné konečný остаточна остаточне \
        остаточний konečná окончателен konačna konačan finální",
    ),
    (
        FIRST_PERSON_VERB,
        "volím vybírám dávám zvolím hodnotím vyberám обираю вибираю оцінюю ставлю голосую избирам давам \
        biram dajem zvolil zvolila",
    ),
    (MARKING, "dávám hodnotím оцінюю ставлю давам dajem"),
    (COPULA, "je zní znie є це е"),
    (FIRST_PERSON, "já я аз ја"),
    (
        NEUTRAL,
        "podle mě názoru myslím že tedy dle на мою думку гадаю вважаю що для мене це цей отже мисля че moje \
        mišljenju мій погляд загалом із із цим твердженням",
    ),
    (
        OPENER,
        "tedy proto takže nakonec celkově závěrem teda отже тому загалом підсумовуючи зрештою следователно \
        значи dakle zato ukratko",
    ),
    (CAUSE, "protože neboť pretože бо оскільки тому защото jer"),
    (NEGATION, "ne není nie nezvolím не ні"),
    (CONDITION, "pokud kdyby jestli якщо якби ако ako"),
    // Romanian, Greek, Catalan.
    (
        NOUN,
        "răspunsul răspuns decizia decizie evaluarea alegerea nota απάντηση απάντησή απόφαση απόφασή επιλογή \
        βαθμολογία επιλέγω resposta decisió puntuació",
    ),
    (POSSESSIVE, "meu mea μου"),
    (DETERMINER, "meu mea final finală μου η το τελική η"),
    (FIRST_PERSON_VERB, "aleg dau răspund optez επιλέγω δίνω απαντώ trio escolleixo"),
    (COPULA, "este είναι és"),
    (OPENER, "deci așadar concluzie prin urmare άρα επομένως τελικά συνολικά συμπέρασμα"),
    (NEUTRAL, "după părerea mea cred că este un  κατά τη γνώμη μου νομίζω ότι"),
    (CAUSE, "deoarece pentru fiindcă γιατί επειδή διότι"),
    (NEGATION, " δεν όχι"),
    // Indonesian, Malay, Vietnamese, Swahili, Filipino.
    (NOUN, "lời jawaban jawapan keputusan penilaian pilihan nilai skor jibu uamuzi chaguo sagot"),
    (POSSESSIVE | DETERMINER, "saya langu tôi mwisho"),
    (DETERMINER, "saya akhir langu la mwisho"),
    (SUBJECT | FIRST_PERSON, "saya tôi"),
    (VERB, "memilih pilih menjawab menilai chọn"),
    (VERB | MARKING, "memberi menilai cho đánh"),
    (COPULA, "adalah ialah là "),
    (FILLER, "opsi pilihan điểm mức nomor phương án"),
    (NEUTRAL, "menurut saya theo tôi nghĩ là điểm trả lời của đáp án câu"),
    (OPENER, "jadi kesimpulannya akhirnya karena vậy nên tóm lại kết luận do đó"),
    (CAUSE, "karena sebab vì bởi kwa sababu"),
    (NEGATION, "tidak bukan jangan không chưa hapana"),
    (CONDITION, "jika kalau nếu "),
    // Persian, Urdu.
    (NOUN, "پاسخ جواب تصمیم انتخاب امتیاز نمره پاسخم تصمیمم انتخابم جوابم رأی فیصلہ انتخاب"),
    (DETERMINER, "من نهایی میرا میری حتمی"),
    (POSSESSIVE, "میرا میری"),
    (COPULA, "است ہے میشود"),
    (FOLLOWER, "است ہے"),
    (OPENER, "پس بنابراین درنتیجه نهایت خلاصه لہذا"),
    (NEUTRAL, "به نظر من این با در گزینه عدد"),
    (CAUSE, "چون زیرا کیونکہ"),
    (NEGATION, "نه نیست نمی نہیں"),
    (CONDITION, "اگر"),
    // Bengali, Tamil, Telugu, Thai, Gujarati, Punjabi, Marathi.
    (
        NOUN,
        "উত্তর সিদ্ধান্ত রেটিং স্কোর মূল্যায়ন பதில் முடிவு మదిప్పీடு మதிப்பெண் సమాధానం నిర్ణయం คำตอบ ตัดสินใจ คะแนน \
        જવાબ નિર્ણય ਜਵਾਬ ਫੈਸਲਾ निर्णय",
    ),
    (DETERMINER, "আমার চূড়ান্ত என் எனது నా મારો ਮੇਰਾ माझे माझा"),
    (POSSESSIVE, "আমার என் எனது నా મારો ਮੇਰਾ माझे माझा"),
    (COPULA, "হল হলো আহে है છે ਹੈ"),
    (CAUSE, "কারণ ஏனெனில் ఎందుకంటే เพราะ કારણ कारण"),
    (NEGATION, "না নয় இல்லை కాదు ไม่ નથી ਨਹੀਂ"),
    (AS, "som ca como kuin jako"),
];
