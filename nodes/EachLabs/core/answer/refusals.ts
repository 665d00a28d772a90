/**
 * How a model begins that will not do what it was asked for: it says so of itself, with a word for what it can't do. What only
 * says sorry, or no, may well be a sign in the picture.
 */
const REFUSALS = [
	/^(?:(?:(?:i'm|i am|we're|we are) (?:\p{L}+ )?sorry|sorry|i apologi[sz]e|(?:\p{L}+ ){0,3}apologies|unfortunately|as an ai)(?!\p{L}).{0,80}?(?<!\p{L})|i |we |i'm |i am )(?:can't|cannot|can not|could not|couldn't|won't|will not|unable to|not able to|not allowed to|not permitted to|not comfortable|don't|do not)(?: \p{L}+){0,2}? (?:be )?(?:access|analy[sz]|answer|assist|comment|complet|comply|continu|creat|describ|determin|discuss|display|do (?:that|this|so)|engag|feel comfortable|fulfil|generat|giv|have (?:access|the ability)|help|identif|interpret|load|open (?:the|this|your) (?:image|file|photo|picture)|process|provid|recogni[sz]|respond|see (?:the|this|that|an?|any|your|what|it)(?!\p{L})|shar|speculat|support|tell|view|writ)/u,
	/^(?:(?:i'm|i am) (?:\p{L}+ )?sorry|i apologi[sz]e|(?:my |please accept my )?apologies)[.!]?$/u,
	/^(?:sorry|(?:i'm|i am) (?:\p{L}+ )?sorry|apologies|unfortunately),? (?:but )?(?:no|the|this|there(?:'s| is| was) no|i (?:don't|can't|cannot) see (?:the|any|an)) (?:image|picture|photo|file)(?!\p{L}).{0,30}?(?:attached|available|couldn't|could not|can't|cannot|not|provided|visible)(?!\p{L})/u,
	/^as an ai(?: (?:language )?model| assistant|,)|^i (?:must|have to) (?:respectfully )?decline|^(?:i'm just an ai|my guidelines)(?!\p{L})/u,
	/^(?:unable to|not able to|not allowed to|cannot|can't|can not|could not|couldn't) (?:be )?(?:\p{L}+ )?(?:access|analy[sz]e|assist|comply|describe|determine|display|generate|help|identify|load|open|process|provide|see|view)d?(?:[.!]?$| (?:with )?(?:(?:the|this|that|any|an?|your|provided) ){0,2}(?:content|file|image|it|photo|picture|request|this|that|person|people|alt text|description)(?!\p{L}))/u,
	/^(?:(?:your |the |this )?request|(?:the |this )?(?:content|image|picture)) (?:(?:was |has been |is )(?:blocked|declined|denied|filtered|flagged|redacted|refused|rejected)(?!\p{L})|(?:blocked|declined|denied|filtered|flagged|redacted|refused|rejected|removed)(?:[.!]?$| (?:due to|because|by (?:\p{L}+ )?(?:content|filter|moderation|policy|provider|safety|system))(?!\p{L})))/u,
	// German, French, Spanish, Portuguese, Italian, Romanian
	/^(?:(?:es )?tut mir leid|entschuldigung|leider (?:kann|ist es mir)|ich kann (?:dies|das|dieses|diese|dir|ihnen|dabei|leider|keine|nicht)|ich bin nicht in der lage)(?!\p{L})/u,
	/^(?:(?:je suis |nous sommes )?désolée?s?|je ne (?:peux|puis|suis pas)|malheureusement,? je|lo siento|lo lamento|no (?:puedo(?! más)|podemos|me es posible)|desculpe|sinto muito|lamento|não (?:posso|podemos|consigo)|mi dispiace|spiacente|non (?:posso|possiamo|riesco|sono in grado)|îmi pare rău|nu pot)(?!\p{L})/u,
	// Dutch, Scandinavian, Finnish, Polish, Czech, Hungarian, Turkish, Indonesian, Vietnamese
	/^(?:het spijt me|sorry, maar|helaas kan|ik kan (?:niet|geen|dit|deze)|beklager|jeg kan (?:ikke|desværre)|tyvärr|jag kan (?:inte|tyvärr)|valitettavasti|en voi|przykro mi|przepraszam, ale|niestety nie|nie mogę|omlouvám se|je mi líto|bohužel|nemohu|sajnálom|sajnos nem|nem tudok|üzgünüm|maalesef|(?:mohon )?maaf|saya tidak (?:dapat|bisa)|xin lỗi|tôi không thể|rất tiếc)(?!\p{L})/u,
	// Russian, Ukrainian, Greek, Hebrew, Arabic, Hindi, Thai
	/^(?:извините|простите|к сожалению|я не могу|вибачте|перепрошую|на жаль|я не можу|λυπάμαι|συγγνώμη|δεν μπορώ)(?!\p{L})|^(?:מצטער|אני לא יכול|عذر|آسف|نأسف|لا أستطيع|لا يمكنني|क्षमा करें|मुझे खेद|माफ़ करें|मैं .{0,40}नहीं कर सकत|ขออภัย|ขอโทษ|ไม่สามารถ)/u,
	// Chinese, Japanese, Korean
	/^(?:很?抱歉|对不起|對不起|很?遗憾|很?遺憾|不好意思[,，])/,
	/^我们?(?:无法|無法|不能)(?=.{0,8}(?:描述|识别|辨|查看|看到|提供|协助|協助|帮助|幫助|处理|處理|显示|顯示|访问|打开|加载|分析|回答|完成|满足|生成))/,
	/^(?:无法|無法)(?:描述|识别|辨识|查看|提供|处理|處理|显示|顯示|访问|打开|加载|分析|生成)(?:图|圖|此|该|該|这|這|您|你|照片|内容|[。.，,!！]|$)/,
	/^(?:申し訳|すみません|恐れ入りますが|残念ながら|죄송|미안(?:하지만|합니다)|유감)/,
] as const;

/** How one begins that was given no picture, or could not open it; a word ends behind it. */
const UNSEEN = [
	/^(?:the |this |your )?(?:image|picture|photo|file)s? (?:could not|couldn't|cannot|can't|failed to|is not|isn't|was not|wasn't) (?:be )?(?:load(?:ed)?|seen?|view(?:ed)?|display(?:ed)?|open(?:ed)?|access(?:ed|ible)?|process(?:ed)?|render(?:ed)?|available|visible|attached|provided)/,
	/^(?:i )?(?:don't|do not|can't|cannot) (?:actually )?(?:see|view) (?:the|any|an|your) (?:image|picture|photo)s?|^i (?:can )?see no (?:image|picture|photo)/,
	/^it (?:looks|seems|appears) (?:like |as if |as though |that )(?:there (?:is|was) no|there's no|no|you (?:didn't|haven't|forgot)) (?:\p{L}+ ){0,3}?(?:image|picture|photo|file)/u,
	/^(?:please|could you(?: please)?|can you(?: please)?) (?:provide|upload|attach|share|send)(?: me)? (?:the|an|a|your) (?:image|picture|photo|file)/,
	// German
	/^(?:es (?:wurde|ist) |ich (?:sehe|kann) |leider )?(?:hier )?kein(?:e|en)? (?:bild|bilddatei|foto|datei|grafik) (?:\p{L}+ )?(?:angehängt|beigefügt|bereitgestellt|darstellbar|erhalten|erkennen|gefunden|geladen|hochgeladen|mitgeschickt|sehen|sichtbar|verfügbar|vorhanden|übermittelt)|^ich sehe (?:hier )?kein(?:e|en)? (?:bild|foto|datei)/u,
	/^(?:das|dieses|ihr|dein|die) (?:bild|foto|datei) (?:konnte|kann|ist|wurde|wird) .{0,20}?nicht (?:\p{L}+ )?(?:abgerufen|angezeigt|bereitgestellt|gefunden|geladen|geöffnet|sehen|sichtbar|verarbeitet|verfügbar)|^bitte (?:füg|geb|lad|schick|send|stell|teil)\p{L}* (?:sie )?(?:mir )?(?:das|ein|ihr|dein|die|eine) (?:bild|foto|datei)/u,
	// French, Spanish, Portuguese, Italian
	/^(?:aucune|il n'y a (?:pas d'|aucune )) ?(?:image|photo) (?:n'(?:a été|est) )?(?:chargée|disponible|fournie|jointe|reçue|transmise|trouvée|téléchargée|visible)|^l'image (?:n'est pas|ne peut(?: pas)? être|n'a (?:pas )?(?:pu être|été)) (?:accessible|affichée|chargée|disponible|fournie|jointe|lue|ouverte|visible|vue)|^je ne vois (?:pas|aucune) ?(?:d'|l'|votre |la |cette )?(?:image|photo)|^veuillez (?:envoyer|fournir|importer|joindre|partager|télécharger) (?:l'|une |votre |la )(?:image|photo)/,
	/^no se (?:ha |pudo |puede )?(?:adjunt|carg|encontr|envi|mostr|proporcion|recib|ver)\p{L}* (?:ninguna |la |una )?(?:imagen|foto)|^no veo (?:ninguna |la )(?:imagen|foto)|^la imagen no (?:se (?:puede|pudo|ha podido) |está |ha sido |fue |es |puede ser )(?:abierta|abrir|accesible|adjunta|adjuntada|cargada|cargar|disponible|encontrada|mostrada|mostrar|procesar|proporcionada|ver|visible|visualizar)|^por favor,? (?:adjunt|carg|compart|env|proporcion|sub)\p{L}+ (?:la|una|tu|su) (?:imagen|foto)/u,
	/^(?:não (?:há|vejo|foi \p{L}+) )?nenhuma (?:imagem|foto) (?:foi |está )?(?:anexada|carregada|disponível|encontrada|enviada|fornecida|recebida|visível)|^não vejo (?:a |nenhuma |uma )?(?:imagem|foto)|^a imagem não (?:pôde|pode|está|foi|é) (?:ser )?(?:aberta|acessível|anexada|carregada|disponível|encontrada|exibida|fornecida|processada|visível|vista)|^por favor,? (?:anexe|carregue|compartilhe|envie|forneça) (?:a|uma|sua) (?:imagem|foto)/u,
	/^non (?:vedo|è stata \p{L}+|riesco a vedere) (?:alcuna |nessuna |la |l'|un')?(?:immagine|foto)|^nessuna (?:immagine|foto) (?:è stata )?(?:allegata|caricata|disponibile|fornita|ricevuta|trovata|visibile)|^l'immagine non (?:può essere|è stata|è) (?:accessibile|allegata|aperta|caricata|disponibile|fornita|trovata|visibile|visualizzata)|^(?:per favore|si prega di),? (?:alleg|caric|forni|invi)\p{L}+ (?:l'|un'|la |una )(?:immagine|foto)/u,
	// Dutch, Polish
	/^ik zie geen (?:afbeelding|foto)|^(?:de|het) (?:afbeelding|foto|bestand) (?:kan|kon|is) niet (?:worden )?(?:bekeken|beschikbaar|bijgevoegd|geladen|geopend|gevonden|weergegeven|zichtbaar)/,
	/^nie (?:widzę|załączono|przesłano|dostarczono) (?:żadnego )?(?:obrazu|obrazka|zdjęcia|pliku)|^(?:obraz|obrazu|obrazek|obrazka|zdjęcie) nie (?:został|zostało|można|jest|da się) (?:\p{L}+ )?(?:dostarczon|dostępn|dołączon|otworz|przesłan|widoczn|wyświetl|załadowa|załączon)\p{L}*|^proszę (?:dołączyć|przesłać|załączyć) (?:obraz|zdjęcie|plik)/u,
	// Russian, Ukrainian, Greek, Arabic
	/^(?:изображение|картинка|фото|фотография|файл) (?:не (?:виден|видно|видна|может быть (?:загружен|открыт|показан)[оа]?|отображается|загру(?:жается|зил[оа]сь)|удалось \p{L}+|(?:добавлен|доступ(?:ен|н)|загружен|найден|получен|предоставлен|прикрепл[её]н)[оа]?)|недоступ(?:ен|н[оа])|отсутствует)|^я не вижу (?:\p{L}+ )?(?:изображения|картинки|картинку|фото|фотографии|файла)|^пожалуйста, (?:загрузите|отправьте|предоставьте|пришлите|прикрепите) (?:\p{L}+ )?(?:изображение|картинку|фото|фотографию|файл)/u,
	/^зображення (?:не (?:видно|відображається|завантажилося|вдалося \p{L}+|може бути \p{L}+|(?:додан|завантажен|знайден|надан|отриман)о)|недоступне|відсутнє)|^я не бачу (?:\p{L}+ )?(?:зображення|картинки|фото)/u,
	/^δεν (?:βλέπω|παρέχεται) (?:\p{L}+ )?εικόνα|^η εικόνα δεν (?:βρέθηκε|είναι (?:διαθέσιμη|ορατή)|εμφανίζεται|μπορεί να (?:ανοίξει|εμφανιστεί|φορτωθεί)|παρέχεται|φορτώθηκε)|^(?:لا أرى|لم يتم (?:إرفاق|تحميل|توفير|العثور على)) (?:أي |أية |ال)?صورة|^الصورة غير (?:متاحة|متوفرة|مرئية|موجودة)/u,
] as const;

/** What is such a beginning only where the sentence ends, or goes on as one about a file. */
const UNSEEN_IF_ALONE = [
	/^no (?:image|picture|photo|file) (?:was |is |has been |seems to be )?(?:attached|available|found|given|loaded|provided|received|supplied|uploaded|visible)/,
	/^(?:image|picture|photo|file) (?:is )?(?:not |un)(?:attached|available|found|loaded|provided|visible)/,
	/^(?:the |this |your )?(?:image|picture|photo|file) (?:seems|appears) to be (?:blank|broken|corrupt|corrupted|empty|missing|unavailable)/,
	/^there(?:'s| is| was) no (?:image|picture|photo)(?: (?:attached|available|given|here|provided|visible))?/,
	/^(?:es gibt |hier ist )?kein (?:bild|foto)|^il n'y a (?:pas d'|aucune )(?:image|photo)|^no hay (?:ninguna )?(?:imagen|foto)(?: (?:adjunta|disponible))?|^não há (?:nenhuma )?(?:imagem|foto)|^non c'è (?:alcuna |nessuna )?(?:immagine|foto)/,
	/^(?:er is )?geen (?:afbeelding|foto)(?: (?:aangeleverd|beschikbaar|bijgevoegd|geladen|gevonden|geüpload|meegestuurd|ontvangen|verstrekt|zichtbaar))?/,
	/^(?:ingen|inget|intet) (?:bild|billede|bilde)(?: (?:bifogad(?:es)?|synlig|tilgjengelig|tilgængelig|tillgänglig|uppladdad|vedhæftet|vedlagt))?/,
	/^brak (?:obrazu|obrazka|zdjęcia)|^nincs (?:csatolt |feltöltött )?kép|^(?:görsel|resim|görüntü) yok|^tidak ada gambar(?: yang (?:diberikan|dilampirkan|disediakan|diunggah))?|^không có (?:hình )?ảnh(?: nào)?(?: được (?:cung cấp|tải lên|đính kèm))?|^(?:hình )?ảnh không có/,
	/^нет изображения|^немає зображення|^δεν υπάρχει (?:καμία )?εικόνα|^(?:אין|לא (?:סופקה|צורפה|נמצאה)) תמונה|^התמונה לא (?:זמינה|נטענה|נמצאה)|^لا (?:توجد|يوجد) (?:أي |أية )?صورة/,
] as const;

/** Languages without blanks between words, or with signs at their ends. */
const UNSEEN_UNSPACED = [
	/^कोई (?:छवि|तस्वीर|चित्र) (?:अपलोड |उपलब्ध |प्रदान |संलग्न )?नहीं|^ไม่(?:พบ|มี)รูป(?:ภาพ)?(?:$|[\s.!]|ที่แนบ|แนบ)/,
	/^(?:没有|沒有|未)(?:提供|上传|上傳|附上|看到|收到|找到|检测到)(?:任何)?(?:图片|图像|圖片|圖像|照片)|^(?:没有|沒有)(?:任何)?(?:图片|图像|圖片|圖像)(?:可|[。.，,!！]|$)|^我?(?:看不到|看不见)(?:您|你|任何|这张|提供的|上传的|的){0,3}(?:图片|图像|圖片|圖像|照片)|^(?:图片|图像|圖片|圖像)(?:(?:无法|無法|不能)(?:加载|载入|打开|显示|查看|访问|識別|识别|載入|顯示|打開)|未(?:提供|上传|上傳|加载|显示|找到|附上)|加载失败|不存在(?:$|[。.，,!！])|缺失(?:$|[。.，,!！]))|^[请請]您?(?:重新)?(?:上传|上傳|提供|发送).{0,8}(?:图片|图像|圖片|圖像|照片)/,
	/^(?:画像|写真|イメージ)[がをはも]?(?:ありません|見つかりません|見当たりません|見えません|(?:提供|添付)されて(?:いませ|おりませ|いない(?:ため|ので|よう))|(?:表示|確認|認識)できませ|読み込めませ)|^(?:이미지|사진)(?:가|이|를|을)? ?(?:없습니다|(?:제공|첨부)되지 않|(?:표시할|볼|불러올) 수 없(?:습|어)|보이지 않(?:습|아))/,
] as const;

const WORD_END = /^(?![\p{L}\p{M}])/u;
/** Not an apostrophe, which goes on with the word. */
const SENTENCE_END =
	/^(?:\s*(?:$|[^\p{L}\p{M}\s'])|\s+(?:and|because|but|by|correctly|due|for|here|in (?:my|our|the|this|your) (?:chat|conversation|message|request)|or|properly|so|to|with|yet|you)(?!\p{L}))/u;

/** No letter, digit or sign: nothing that a screen reader could say. */
const SPEAKABLE = /[\p{L}\p{N}\p{So}\p{Regional_Indicator}]/u;
/** Words for nothing in the place of a description. */
const PLACEHOLDER =
	/^(?:no (?:alt(?:ernative)? ?text|description|caption)(?: (?:is )?(?:available|provided|needed|given))?|alt ?text|description|caption|undefined|object object|nothing|error|nil|todo|tbd|empty|image|picture|photo|untitled|placeholder|https?:\/\/\S+|[\w-]+\.(?:jpe?g|png|webp|gif|heic|avif))$/;

/** Whether a text only says that the model will not do what it was asked for. */
export function isRefusal(text: string): boolean {
	return begins(text, REFUSALS);
}

/** Whether a text only says that the model has no picture to look at. */
export function saysUnseen(text: string): boolean {
	return (
		begins(text, UNSEEN, WORD_END) ||
		begins(text, UNSEEN_IF_ALONE, SENTENCE_END) ||
		begins(text, UNSEEN_UNSPACED)
	);
}

/** Whether a text stands in the place of a description, and describes nothing. */
export function describesNothing(text: string): boolean {
	return !SPEAKABLE.test(text) || PLACEHOLDER.test(text.toLowerCase().replace(/^[[(<"']+|[\])>"'.!]+$/g, ''));
}

/** @param rest what the text must go on with behind the beginning */
function begins(text: string, beginnings: readonly RegExp[], rest = /^/): boolean {
	const start = text.slice(0, 300).replaceAll('’', "'").toLowerCase();
	return beginnings.some((beginning) => {
		const found = beginning.exec(start)?.[0];
		return found !== undefined && rest.test(start.slice(found.length));
	});
}
