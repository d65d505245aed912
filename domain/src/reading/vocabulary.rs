//! Words by what they do in a statement, in the languages the reader knows.
//!
//! Only words whose part is the same wherever they stand are listed: a word missing here makes an
//! answer unreadable, which a judge or a person can mend; a wrong one makes a wrong decision.

/// Names the decision: “my *answer* is 4”.
pub(super) const NOUN: u32 = 1;
/// Decides, when I do it: “I *choose* 4”.
pub(super) const VERB: u32 = 1 << 1;
/// Decides and says by its form who does: “*elijo* 4”.
pub(super) const FIRST_PERSON_VERB: u32 = 1 << 2;
/// Who decides.
pub(super) const SUBJECT: u32 = 1 << 3;
/// May stand between subject and verb without weakening it.
pub(super) const AUXILIARY: u32 = 1 << 4;
/// Ties the noun to its value: “is”.
pub(super) const COPULA: u32 = 1 << 5;
/// May stand before the value: “a”, “option”.
pub(super) const FILLER: u32 = 1 << 6;
/// Denies what follows.
pub(super) const NEGATION: u32 = 1 << 7;
/// Makes the sentence hypothetical wherever it stands.
pub(super) const CONDITION: u32 = 1 << 8;
/// Makes it hypothetical at the beginning of a clause only; elsewhere it means something else.
pub(super) const OPENING_CONDITION: u32 = 1 << 9;
/// May follow a value: “4 *because* …”.
pub(super) const FOLLOWER: u32 = 1 << 10;
/// Joins a second value to the first: “4 *or* 5”.
pub(super) const ALTERNATIVE: u32 = 1 << 11;
/// Between a mark and the best possible one: “4 *out of* 5”.
pub(super) const OUT_OF: u32 = 1 << 12;
/// May stand before the noun: “my *final* answer”.
pub(super) const DETERMINER: u32 = 1 << 13;
/// Somebody else is speaking.
pub(super) const REPORT: u32 = 1 << 14;
/// After it a condition no longer concerns the decision.
pub(super) const REASON: u32 = 1 << 15;
/// “not 3 *but* 4”.
pub(super) const BUT: u32 = 1 << 16;
/// Takes an earlier decision back.
pub(super) const RETRACTION: u32 = 1 << 17;
/// Begins what the noun is about: “my answer *to* this is …”.
pub(super) const ABOUT: u32 = 1 << 18;
/// “between 3 and 4”.
pub(super) const BETWEEN: u32 = 1 << 19;
/// Marks what follows as a number below zero.
pub(super) const MINUS: u32 = 1 << 20;
/// The scale itself: “on a *scale* of 1 to 5”.
pub(super) const SCALE: u32 = 1 << 21;
/// An obligation to decide, which is not yet a decision: “I *must* choose A or B”.
pub(super) const DUTY: u32 = 1 << 22;
/// TeX's frame around a result.
pub(super) const BOXED: u32 = 1 << 23;
/// Gives marks, so that what is marked may stand between verb and value: “I *rate* this plan a 4”.
pub(super) const MARKING: u32 = 1 << 24;
/// Before a mark: “rate this *as* a 4”.
pub(super) const AS: u32 = 1 << 25;

/// Classes and their words, separated by spaces. A word may stand in several classes.
pub(super) const WORDS: &[(u32, &str)] = &[
    (
        NOUN,
        "decision answer rating score choice verdict selection vote judgment judgement response \
        conclusion pick finaldecision finalanswer finalrating",
    ),
    (
        NOUN,
        "entscheidung antwort bewertung wahl urteil wertung décision réponse choix évaluation \
        decisión respuesta elección puntuación calificación decisione risposta scelta valutazione \
        punteggio decisão resposta escolha avaliação pontuação beslissing besluit antwoord keuze \
        beoordeling oordeel karar kararım cevap cevabım decyzja odpowiedź",
    ),
    (
        NOUN,
        "решение ответ выбор оценка решением ответом القرار قراري الإجابة إجابتي اجابتي الجواب جوابي \
        الاختيار اختياري التقييم निर्णय उत्तर जवाब फैसला फ़ैसला चुनाव 결정 답 답변 선택 평가 결정은 답은 \
        답변은 선택은 평가는",
    ),
    (NOUN, "决定 決定 答案 回答 选择 選擇 選択 评分 評分 分数 判断 評価 結論 结论 答え"),
    (
        VERB,
        "choose chose select selected pick picked choosing selecting picking go going opt opting \
        settle settled settling stick sticking vote voting decide decided land landed say answer \
        conclude recommend lock",
    ),
    (VERB | MARKING, "rate rated rating give giving score scoring assign assigning evaluate"),
    (VERB, "选择 选 選擇 選 选定 給 给"),
    (
        FIRST_PERSON_VERB,
        "wähle entscheide bewerte vergebe choisis opte j'opte elijo escojo opto \
        selecciono scelgo escolho seleciono kies beoordeel выбираю выберу أختار اختار seçiyorum wybieram",
    ),
    (MARKING, "bewerte beoordeel"),
    (SUBJECT, "i i'd i'll i'm i've we we'd we'll 我"),
    (
        AUXILIARY,
        "would will do must have to had am therefore thus hence so still now personally \
        ultimately finally also then hereby firmly definitely really shall should rather clearly just \
        simply confidently strongly need 会 會 将 決 最终 就",
    ),
    (DUTY, "must have had need should"),
    (
        COPULA,
        "is be are remains remain stays would will equals becomes stands ist lautet wäre bleibt est \
        serait reste es sería sera è sarebbe é seria sou zou blijft luidt это есть هو هي है हैं 是 为 為 は が",
    ),
    (
        FILLER,
        "a an the option options number point level rating score choice answer definitely clearly \
        still therefore thus simply with for on at as to it this that them be stay \
        mich für die das der den eine ein einen nummer stufe le la les l'option une un pour el lo por \
        opción número il lo l' per opzione numero o os as um uma opção voor de het een optie nummer \
        вариант номер число رقم الخيار विकल्प 번 选项 選項 的 数字",
    ),
    (AS, "a an as at with als à con mit"),
    (
        NEGATION,
        "not isn't aren't wasn't never neither nor no cannot can't won't wouldn't don't doesn't \
        nicht kein keine keinen nie ne n'est pas jamais non no nunca jamás não niet geen не ни нет لا \
        ليس ليست नहीं 不 不是 没 別 别 ない 아니",
    ),
    (
        CONDITION,
        "if unless without suppose supposing assuming hypothetically imagine otherwise provided were \
        wenn falls sonst если бы إذا لو यदि अगर 如果 要是 假如 もし 만약",
    ),
    (OPENING_CONDITION, "had should si se als indien caso"),
    (
        FOLLOWER,
        "because since as for on here given due based with in and but which though although \
        while so to over rather instead however from regardless even despite under at when meaning \
        points point stars star please is",
    ),
    (
        FOLLOWER,
        "weil da denn und aber punkte punkt sterne parce car puisque et mais étoiles porque ya \
        pero y puntos perché poiché ma e punti pois mas pontos omdat want en maar punten потому так и но \
        балла баллов لأن و है हैं क्योंकि अंक 입니다 이다 점 分 点 點 星 号 號 です だ で 因为 因為 なぜ と 吧",
    ),
    (
        ALTERNATIVE,
        "or and to through versus vs till oder und bis ou et à o u y e of en tot или и до \
        أو او या 或 或者 和 到 至 か や から または と 또는",
    ),
    (OUT_OF, "out of from von sur su de di van sobre из من में 満点 中"),
    (
        DETERMINER,
        "my our the a an think believe that most best right correct final overall own official chosen this so thus therefore hence and \
        personal moral ethical honest considered ultimate single here is it's as answer rating \
        decision choice numeric numerical meine mein unsere die das der endgültige finale ma mon notre la \
        le ta définitive mi nuestra el final definitiva mia mio il definitiva minha meu a mijn onze de het \
        uiteindelijke definitieve мой моё мое моя итоговый итоговое итоговая окончательный окончательное \
        मेरा मेरी अंतिम 我 我的 的 最终 最終 私 の 最終的な 내 나의 최종 제 النهائي النهائية but now then",
    ),
    (
        REPORT,
        "said says saying argue argues argued claims claimed told might could someone somebody others \
        critics",
    ),
    (
        REASON,
        "because since even regardless although though weil parce car porque perché omdat потому 因为 as",
    ),
    (BUT, "but rather sondern mais sino ma bensì mas maar а но 而是"),
    (RETRACTION, "wait correction scratch retract reconsider reconsidering"),
    (
        ABOUT,
        "for on to in here regarding about as at would will für zu auf pour à sur para sobre per su \
        voor op по для",
    ),
    (BETWEEN, "between somewhere around zwischen entre tra fra tussen между"),
    (MINUS, "minus negative moins menos meno минус"),
    (SCALE, "scale skala échelle escala scala schaal шкале"),
    (BOXED, "boxed"),
];

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
];

/// Twenty to ninety, which a unit may follow.
pub(super) const TENS: &str = "twenty thirty forty fifty sixty seventy eighty ninety";
