//! Words by what they do in a statement, in the languages the reader knows.
//!
//! Only words whose part is the same wherever they stand are listed: a word missing here makes an
//! answer unreadable, which a judge or a person can mend; a wrong one makes a wrong decision.

/// Names the decision: “my *answer* is 4”.
pub(super) const NOUN: u64 = 1;
/// Decides, when I do it: “I *choose* 4”.
pub(super) const VERB: u64 = 1 << 1;
/// Decides and says by its form who does: “*elijo* 4”.
pub(super) const FIRST_PERSON_VERB: u64 = 1 << 2;
/// Who decides.
pub(super) const SUBJECT: u64 = 1 << 3;
/// May stand between subject and verb without weakening it.
pub(super) const AUXILIARY: u64 = 1 << 4;
/// Ties the noun to its value: “is”.
pub(super) const COPULA: u64 = 1 << 5;
/// May stand before the value: “a”, “option”.
pub(super) const FILLER: u64 = 1 << 6;
/// Denies what follows.
pub(super) const NEGATION: u64 = 1 << 7;
/// Makes the sentence hypothetical wherever it stands.
pub(super) const CONDITION: u64 = 1 << 8;
/// Makes it hypothetical at the beginning of a clause only; elsewhere it means something else.
pub(super) const OPENING_CONDITION: u64 = 1 << 9;
/// May follow a value: “4 *because* …”.
pub(super) const FOLLOWER: u64 = 1 << 10;
/// Joins a second value to the first: “4 *or* 5”.
pub(super) const ALTERNATIVE: u64 = 1 << 11;
/// Between a mark and the best possible one: “4 *out of* 5”.
pub(super) const OUT_OF: u64 = 1 << 12;
/// May stand before the noun: “my *final* answer”.
pub(super) const DETERMINER: u64 = 1 << 13;
/// Somebody else is speaking.
pub(super) const REPORT: u64 = 1 << 14;
/// After it a condition no longer concerns the decision.
pub(super) const REASON: u64 = 1 << 15;
/// “not 3 *but* 4”.
pub(super) const BUT: u64 = 1 << 16;
/// Takes an earlier decision back.
pub(super) const RETRACTION: u64 = 1 << 17;
/// Begins what the noun is about: “my answer *to* this is …”.
pub(super) const ABOUT: u64 = 1 << 18;
/// “between 3 and 4”.
pub(super) const BETWEEN: u64 = 1 << 19;
/// Marks what follows as a number below zero.
pub(super) const MINUS: u64 = 1 << 20;
/// The scale itself: “on a *scale* of 1 to 5”.
pub(super) const SCALE: u64 = 1 << 21;
/// An obligation to decide, which is not yet a decision: “I *must* choose A or B”.
pub(super) const DUTY: u64 = 1 << 22;
/// TeX's frame around a result.
pub(super) const BOXED: u64 = 1 << 23;
/// Gives marks, so that what is marked may stand between verb and value: “I *rate* this plan a 4”.
pub(super) const MARKING: u64 = 1 << 24;
/// Before a mark: “rate this *as* a 4”.
pub(super) const AS: u64 = 1 << 25;

/// Names what is asked for, like [`NOUN`], but also other things: counts only with a tie and where
/// nothing else stands before it than whose it is. “*Severity*: 3”, “my *figure* is 3”.
pub(super) const TITLE: u64 = 1 << 26;
/// Says whose: “*my* answer”.
pub(super) const POSSESSIVE: u64 = 1 << 27;
/// Means nothing beside a value: “the child, *then*”.
pub(super) const NEUTRAL: u64 = 1 << 28;
/// Announces what the answer comes to: “*so*, 4”, “*overall*: 4”, “*even so*, 4”.
pub(super) const OPENER: u64 = 1 << 29;
/// Opens a phrase that what was decided may follow after a comma: “*with* some doubt, 4”.
pub(super) const PREPOSED: u64 = 1 << 30;
/// What ought to be: “no, she *should* not”.
pub(super) const MODAL: u64 = 1 << 31;
/// One of several questions, persons or cases: “the *second* case”.
pub(super) const PART: u64 = 1 << 32;
/// A look or a thought, of which the first one is no part: “at first *sight*”.
pub(super) const LOOK: u64 = 1 << 33;
/// Under a condition with this word one is made to decide: “if I *must* choose”.
pub(super) const FORCED: u64 = 1 << 34;
/// Decides, behind the value, in the first person: “4 *veririm*”.
pub(super) const POST_VERB: u64 = 1 << 35;
/// No decision is made: “I am *torn*”.
pub(super) const ABSTENTION: u64 = 1 << 36;
/// “*is* what I would do”, “*gets* my vote”.
pub(super) const EARNS: u64 = 1 << 37;
/// The best mark comes before the mark: “5 *üzerinden* 4”.
pub(super) const BEST_FIRST: u64 = 1 << 38;
/// Stands before the name of a choice or the number of a point: “*option* B”.
pub(super) const OPTION: u64 = 1 << 39;
/// A particle or suffix behind a value that leaves it as it is: “4*로*”, “4*を*”.
pub(super) const PARTICLE: u64 = 1 << 40;
/// Says the same again: “the girl, *i.e.* the child”.
pub(super) const THAT_IS: u64 = 1 << 41;
/// A reason follows, so that what stands before is complete: “B, *because* …”.
pub(super) const CAUSE: u64 = 1 << 42;
/// Who speaks: “*I* would say”.
pub(super) const FIRST_PERSON: u64 = 1 << 43;
/// Ties noun and value in some languages and means something else in others: “ocena *to* 4”.
pub(super) const SLAVIC_NOUN: u64 = 1 << 44;
/// Somebody's opinion, but not the speaker's: “*most* people say 4”.
pub(super) const OTHERS: u64 = 1 << 45;

/// Names what is asked for and hardly anything else, also with a bare article: “the *severity* is 3”.
pub(super) const VERDICT: u64 = 1 << 47;
/// Says that an earlier answer gives way: “*changing* my answer to 4”.
pub(super) const CHANGE: u64 = 1 << 48;
/// The mind in which one decides: “with some *hesitation*”, “after long *thought*”.
pub(super) const STATE: u64 = 1 << 46;

/// Classes and their words, separated by spaces. A word may stand in several classes.
pub(super) const WORDS: &[(u64, &str)] = &[
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
        "if when unless without suppose supposing assuming hypothetically imagine otherwise provided were \
        wenn falls sonst если إذا لو यदि अगर 如果 要是 假如 もし 만약",
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
