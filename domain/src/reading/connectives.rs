//! Words around a value that say how it is meant, and no more: “*so, all in all,* 4 *for me*”.
//!
//! A value counts without a noun or a verb of deciding only where every word beside it is of these.
//! So a word belongs here only if it cannot make the value mean something else.

use super::vocabulary::{
    ABSTENTION, ALTERNATIVE, AS, AUXILIARY, BEST_FIRST, BUT, CAUSE, CONDITION, COPULA, DETERMINER, EARNS,
    FILLER, FIRST_PERSON, FIRST_PERSON_VERB, FOLLOWER, FORCED, LOOK, MARKING, MODAL, NEGATION, NEUTRAL, NOUN,
    OPENER, OPTION, OTHERS, OUT_OF, PART, PARTICLE, POSSESSIVE, POST_VERB, PREPOSED, SLAVIC_NOUN, STATE,
    THAT_IS, TITLE, VERB,
};

/// Classes and their words, as in [`WORDS`](super::vocabulary::WORDS).
pub(super) const CONNECTIVES: &[(u64, &str)] = &[
    (
        NEUTRAL,
        "and but then well ok okay fine now in the end on to of at by for my our this that it its it's a an \
        is be would have has must being as i i'm i'd i'll am me mine view opinion eyes book mind \
        judgement judgment say think believe suppose guess feel option number answer choice rating score \
        figure mark please mean from your scale that's that'd it'd it'll will makes make give all \
        everything taken taking into account with second further closer last word words tl dr \
        nothing else here you there list personally honestly frankly certainly probably \
        course simply just easily very 'd 's even again look hand given best sorry should afraid sadly unfortunately alas regrettably only bet \
        being right course action thing do let's around question call absolutely indeed about roughly \
        approximately solid clear strong firm weak tentative cautious reluctant full straight hmm oh yes \
        ultimately alright preferable ethical moral correct wiser better",
    ),
    (
        OPENER,
        "so thus hence therefore overall conclusion conclude concluding short sum summary brief net \
        bottom finally ultimately final reflection balance whole considered considering together \
        thought thoughts reading correction edit update actually rather instead still nevertheless \
        nonetheless however tentatively reluctantly provisionally anyway consequently accordingly \
        regardless end now said weighed afterthought reconsidering hesitation \
        reluctance yet reconsideration settled settles also",
    ),
    (
        NEUTRAL,
        "und aber nun gut alles in allem für mich meiner meinung ansicht nach würde sagen ich sage das ist es \
        wäre eine einen ein einer am zum noch einmal unterm ja doch denke glaube von mir die der den \
        meines erachtens wohl eben auf der skala punkte nochmaligem lesen reiflicher überlegung \
        nachdenken bei",
    ),
    (
        OPENER,
        "also daher deshalb darum somit folglich insgesamt fazit kurz kurzum schließlich letztlich \
        zusammenfassend ergebnis nochmaligem trotzdem dennoch strich abwägung überlegung nachdenken endgültig \
        alles letztendlich unterm",
    ),
    (
        NEUTRAL,
        "et mais à mon avis pour moi c'est ce serait un une le la l'option de en tout bien malgré après je \
        dirais pense que oui dans l'ensemble fait plus encore peser avoir pesé c'est-à-dire du sur",
    ),
    (
        OPENER,
        "donc ainsi alors finalement enfin bref conclusion résumé somme réflexion considéré compte fin \
        pourtant néanmoins cependant toutefois soit l'ensemble définitive total résultat",
    ),
    (
        NEUTRAL,
        "y pero en mi opinión para mí sería es diría yo la el un una lo todo bien mejor creo que con al me \
        por de otra vez parece quedo",
    ),
    (
        OPENER,
        "así entonces tanto conclusión resumen definitiva finalmente fin pensándolo embargo aun total final \
        cuentas eso resultado consecuencia",
    ),
    (
        NEUTRAL,
        "e mas na minha opinião para mim seria é diria eu a o um uma bem em tudo com acho que por ao \
        pelo meu ver de isso considerando",
    ),
    (
        OPENER,
        "assim então portanto logo enfim conclusão resumo suma finalmente fim pensando contudo porém mesmo \
        todavia resultado conta contas",
    ),
    (
        NEUTRAL,
        "ma in secondo me per parere avviso mio sarebbe direi un una il la lo di è a mia opinione tutto con \
        penso credo che al conti quindi dei",
    ),
    (
        OPENER,
        "quindi dunque perciò pertanto allora infine conclusione sintesi definitiva sommato fine comunque \
        tuttavia ripensandoci insomma risultato conti",
    ),
    (
        NEUTRAL,
        "maar en volgens mij voor het een de bij nader is wordt zou ik zeggen denk al met op van alles",
    ),
    (
        OPENER,
        "dus daarom kortom conclusie uiteindelijk tenslotte toch afwegend inzien alles slotte resultaat samengevat",
    ),
    (NEUTRAL, "ale dla mnie moim zdaniem w po to jest a byłoby i na więc że myślę"),
    (
        OPENER,
        "więc zatem dlatego ostatecznie podsumowując mówiąc sumie namyśle jednak czyli krótko wniosek \
        wynik reasumując",
    ),
    (
        NEUTRAL,
        "но и по-моему для меня это в по моему мнению подумав ещё раз все-таки я думаю на мой взгляд бы \
        сказал сказала",
    ),
    (
        OPENER,
        "итак значит поэтому следовательно итого итоге целом короче подумав всё-таки менее вывод \
        результат заключение окончательно",
    ),
    (NEUTRAL, "ama bence bu tekrar bir de benim için olurdu göre bana"),
    (
        OPENER,
        "yüzden sonuç sonuçta olarak kısacası özetle dolayısıyla yine düşününce sonuçtan nihayetinde demek",
    ),
    (NEUTRAL, "في بعد هو هي ولكن لكن برأيي رأيي على كل أرى أن بالنسبة لي الرقم رقم النهاية التفكير"),
    (OPENER, "لذلك إذن إذا لذا باختصار ختاما النهاية التفكير الخلاصة النتيجة وعليه أخيرا"),
    (NEUTRAL, "אבל לדעתי של דבר אחרי זה הוא היא אני בעיניי מבחינתי"),
    (OPENER, "לכן אז לסיכום בקיצור בסופו מחשבה סיכום מסקנה לבסוף ובכל"),
    (NEUTRAL, "लेकिन मेरे विचार से के बाद है भी यह में मेरी राय तो"),
    (OPENER, "इसलिए अतः अंततः मिलाकर संक्षेप सोचने फिर निष्कर्ष आखिरकार अंत कुल"),
    (
        NEUTRAL,
        "但 还 是 我 认为 認為 会 會 来说 来 说 就 再 三 经过 考虑 過 后 後 的 这 應 应 为 那 在 于 所述",
    ),
    (OPENER, "所以 因此 总之 總之 综上 綜上 总的 最终 最終 最后 最後 还是 結論 结论 总体 综合 不过 故"),
    (NEUTRAL, "私 は と に の て で です だ を が し ます 思い も な 考え 的に して みる と思います やはり"),
    (OPENER, "よって 従って したがっ 結論 結局 総合 最終的 やはり 直して だから なので つまり ゆえに"),
    (NEUTRAL, "저는 제 생각에는 생각해 보니 하지만 그래도 보면 번 점 나는 생각에"),
    (OPENER, "따라서 그러므로 결론 결론적으로 결국 종합하면 그래서 다시 결론은 최종적으로 요약하면"),
    (PREPOSED, "without ohne sans sin sem senza zonder bez без"),
    (
        STATE,
        "reservation reservations hesitation hesitations hesitating doubt doubts regret regrets confidence \
        difficulty heart caution respect reluctance unease certainty misgivings qualms apologies thought \
        consideration reflection deliberation struggle pause vorbehalt vorbehalten zweifel bedenken schwerem zögern \
        überlegung überlegen nachdenken abwägen réserve réserves hésitation hésiter réflexion contrecœur dudas \
        dudar dudarlo vacilar reflexión reservas dúvidas hesitar hesitação reflexão riserve esitazione esitare \
        riflessione dubbi tegenzin twijfel overweging aarzeling wahania wahaniem namyśle сомнений колебаний \
        размышлений",
    ),
    (
        NEUTRAL,
        "ello todas estas esta razones razón toutes ces cette raisons raison tutto questo queste ragioni tudo \
        isso razões razão aus diesen diesem gründen grund om deze redenen reden tych powodów powodu по этим этой \
        причинам причине este motivo motivi",
    ),
    (
        OPENER,
        "이유로 고려하면 감안하면 理由から 고려할 ello razones raisons ragioni razões gründen redenen powodów причинам",
    ),
    (
        NEUTRAL,
        "sens uważam sądzę считаю полагаю finde meine trouve estime creo considero acho vind absolut sicher eindeutig \
        certamente assolutamente claramente clairement absolument zdecydowanie oczywiście конечно однозначно \
        kesinlikle elbette بالتأكيد בהחלט בוודאי ज़रूर 当然 肯定 もちろん 당연히 물론",
    ),
    (
        PREPOSED,
        "with considering given despite weighing having taking all knowing even after notwithstanding",
    ),
    (
        PREPOSED,
        "mit nach trotz angesichts bei après avec malgré tras con dopo após apesar nonostante pese na met ondanks mimo после несмотря",
    ),
    (
        POSSESSIVE,
        "cevabım kararım puanım seçimim tercihim إجابتي قراري جوابي اختياري تقييمي خياري درجتي תשובתי החלטתי בחירתי",
    ),
    (NEUTRAL, "suis bin soy sono sou jestem я"),
    (VERB, "打 给 給 投"),
    (
        FIRST_PERSON_VERB,
        "tendiere decanto opterei scelgo opterei quedo elegiré elegiria votaría votaria votaré głosuję optuję stawiam поставила выбрала",
    ),
    (FILLER, "com nota l'opzione zu ב ל por con l'option optie opzione"),
    (PARTICLE, "अंक seçeneğini seçeneğine seçeneği şıkkını puan"),
    (FILLER, "him her them"),
    (COPULA, "goes"),
    (AUXILIARY, "remain stay"),
    (VERB, "stand"),
    (VERB | MARKING, "set award allocate grant offer cast"),
    (
        TITLE,
        "advice suggestion proposal solution rat empfehlung conseil consejo conselho consiglio advies rada совет 提案 建议",
    ),
    (
        FIRST_PERSON_VERB,
        "penche opterais retiens attribue accorde prends prendrais plädiere nehme stimme votiere setze lande \
        inclino asigno otorgo marco votaría calificaría valoraría prefiero assegno attribuisco voterei preferisco \
        valuterei atribuo prefiro avalio kom neem waardeer przyznaję przyznałbym skłaniam dam выставляю склоняюсь \
        присваиваю предпочитаю أفضل أقترح أصوت אבחר אדרג מדרג מדרגת",
    ),
    (
        MARKING,
        "attribue accorde setze asigno otorgo calificaría valoraría assegno attribuisco valuterei atribuo avalio \
        przyznaję przyznałbym выставляю присваиваю אדרג מדרג מדרגת",
    ),
    (POST_VERB, "つけます 付けます 判断しま 評価しま 택합니다 택하겠습니다 매깁니다 부여합니다 주겠습니다"),
    (NEUTRAL, "these those reasons"),
    (ALTERNATIVE, "veya ya yoksa lub albo ani nebo eller ή"),
    (FILLER, "इसे इसको"),
    (NEGATION, "לא אין değil inte ikke 无法 無法 不会 不會 并非 안 않습니다 아닙니다 せん"),
    (CONDITION, "gdyby jeśli jeżeli eğer אם kdyby pokud 若 もし 만일 wäre hätte"),
    (BUT | PARTICLE, "ではなく でなく じゃなく 아니라"),
    (COPULA, "brzmi lautet luidt הוא היא olur 이다 היה er är je jest"),
    (
        DETERMINER,
        "afraid sure convinced שלי שלנו 나의 lopullinen moja ostateczna ostateczny ostateczne końcowa końcowy benim son nihai النهائية النهائي الأخير הסופית הסופי הסופיים अंतिम slutlig endelig",
    ),
    (
        FILLER,
        "الرقم رقم opcję opcja numer nr den die ett en opci option seçeneği seçenek האפשרות אפשרות מספר",
    ),
    (
        POSSESSIVE,
        "my our mein meine meiner meines unsere unser ma mon notre mi nuestra nuestro mia mio minha meu nossa mijn \
        onze moja mój moje мой моё мое моя benim मेरा मेरी मेरे 我 我的 私 나의 내 제 min mitt mi",
    ),
    (
        NOUN,
        "cevabim kararim puanım puanim seçimim tercihim cevap puan ocena wybór wyborem ocenę voto juicio \
        valoración valutazione giudizio avis choix nota avaliação veredicto parecer cijfer score punktzahl \
        einschätzung votum bewertungszahl oceną werdykt балл вердикт баллов רייטינג הציון ציון תשובתי \
        תשובה התשובה החלטתי החלטה ההחלטה בחירתי הבחירה בחירה דירוג הדירוג रेटिंग अंक फैसला पसंद स्कोर تقييمي \
        الدرجة درجتي خياري 답은 정답은 정답 응답은 응답 대답 대답은 평점 점수 점수는 평점은 선택은 결론은 답변은 평가는 评级 評級 评价 評価 \
        得分 分数 回答 打分 選択 点数 スコア 評点 판단 판단은 svar beslut betyg vastaus odpověď hodnocení válasz \
        απάντηση відповідь оцінка jawaban keputusan răspuns",
    ),
    (SLAVIC_NOUN, "ocena decyzja odpowiedź wybór odpověď ocenę werdykt wynik"),
    (NOUN | SLAVIC_NOUN, "ocena decyzja odpowiedź wybór werdykt"),
    (
        TITLE,
        "figure number result assessment recommendation reply evaluation estimate grade mark severity \
        classification ruling call preference stance position level outcome opinion determination view line \
        ergebnis empfehlung note stufe zahl résultat recommandation note chiffre recomendación resultado \
        raccomandazione risultato voto recomendação resultaat aanbeveling wynik вывод итог рекомендация sonuç \
        النتيجة निष्कर्ष 結果 结果 推荐 推薦 판정 결과",
    ),
    (
        VERB,
        "mean take save fund back support lean leaning favour favor keep spare rescue prioritise prioritize endorse \
        prefer hire award elect approve nominate funding saving backing supporting taking rescuing \
        come arrive end ended respond reply plump side giving vote opt",
    ),
    (
        VERB | MARKING,
        "find consider regard change changed revise revised lower raise adjust correct round put place mark call judge grade classify deem label peg",
    ),
    (
        AUXILIARY,
        "'d myself reluctantly tentatively probably certainly like be inclined in the favour favor of up out down \
        on at have feel compelled forced am only nevertheless nonetheless provisionally stand by honestly too",
    ),
    (
        FIRST_PERSON_VERB,
        "dirais choisirais donne donnerais mettrais réponds diría doy daría elegiría escogería pongo \
        pondría respondo voto optaría direi sceglierei darei rispondo diria daria dou \
        escolheria optaria fico zeg geef daję dałbym dałabym oceniam wybrałbym wybrałabym stawiam \
        ставлю поставлю поставил оцениваю выберу выбрал голосую отвечаю seçiyorum veriyorum diyorum \
        أعطي اعطي أقيم اقيم أمنح أقول بוחר אבחר בוחר בוחרת נותן נותנת אתן",
    ),
    (
        MARKING,
        "gebe donne donnerais mettrais doy daría pongo pondría darei daria dou geef daję dałbym \
        dałabym oceniam stawiam ставлю поставлю оцениваю أعطي أقيم أمنح נותן נותנת אתן",
    ),
    (
        FIRST_PERSON_VERB | MARKING,
        "gebe vergebe bewerte oceniłbym oceniłabym valuto évaluerais évalue noterais califico valoro avalio waardeer",
    ),
    (AS, "at a bij على ب בתור כ को na at zu"),
    (
        POST_VERB,
        "veririm seçerim seçiyorum veriyorum derim diyorum seçeceğim wählen entscheiden geben vergeben sagen \
        nehmen kiezen geven zeggen 選びます 選ぶ 選択しま にします にする とします とする 선택합니다 선택하겠습니다 \
        고릅니다 고르겠습니다 주겠습니다 하겠습니다 줍니다 चुनता चुनती चुनूँगा चुनूंगा चुनूँगी दूँगा दूंगा दूँगी देता देती \
        평가합니다 선택한다",
    ),
    (
        FIRST_PERSON,
        "i i'd i'll i'm i've we we'd we'll ich je j'opte yo eu io ik ja я ben أنا אני मैं 我 私 저는 나는 jeg jag",
    ),
    (FILLER, "about roughly approximately circa ungefähr etwa environ toward towards"),
    (
        MODAL,
        "obliged allowed entitled required justified permissible should shouldn't ought oughtn't needn't must soll sollte sollten darf dürfen muss hoeft moet moeten \
        mag devrait doit faudrait faut debería debe deberían deve deveria dovrebbe powinien powinna musi \
        должен должна следует стоит нужно обязан gerekir gerekiyor gerekmez gerekmiyor zorunda meli malı \
        almalı yapmalı söylemeli يجب ينبغي عليه عليها צריך צריכה चाहिए 应该 應該 应当 不应 すべき べき 해야",
    ),
    (
        PART,
        "first second third latter former other another both each respectively legally morally ersten zweiten \
        dritten première deuxième seconde premier primera segunda primero segundo primeira segunda primeiro \
        prima seconda primo secondo eerste tweede pierwszy drugi pierwszej drugiej pierwszego drugiego \
        первый второй первого второго первом втором первому второму",
    ),
    (
        LOOK,
        "thought thoughts look looking glance sight reading impulse instinct reaction pass inspection read impression view",
    ),
    (FORCED, "force forced press pressed push pushed insist asked ask zwingen zwingt obligé obligado müsste"),
    (
        ABSTENTION,
        "undecided torn unresolved tbd unable abstain refrain decline declining undetermined unentschlossen",
    ),
    (EARNS, "gets has receives earns wins deserves have got"),
    (BEST_FIRST, "üzerinden 中 点満点中 点満点 満点中 満点 만점에 만점 में"),
    (
        OPTION,
        "option number opción opção opzione optie вариант विकल्प 选项 選項 선택지 project plan nr opcja \
        opcję opcja seçenek الخيار candidate",
    ),
    (OUT_OF, "na מתוך av z ze od"),
    (FOLLOWER, "punktów punkty punktu נקודות 번 번을 번으로 점 점을 점으로 puan puntos dir dır"),
    (PARTICLE, "を に で は が 로 으로 를 을 이 가 은 는 라고 को ब بـ 번 번을 점 점을 번으로 点 分 と 와"),
    (
        THAT_IS,
        "namely meaning ie czyli nämlich also c'est-à-dire soit ossia cioè oftewel то есть yani 即 つまり 즉 sea decir isto",
    ),
    (
        CAUSE,
        "because since as given weil da denn car parce puisque porque ya perché poiché pois omdat want \
        потому так bo ponieważ gdyż çünkü لأن क्योंकि 因为 因為 为 כי 왜냐하면",
    ),
    (OTHERS, "most people majority others supporters opponents critics they somebody someone law"),
];
