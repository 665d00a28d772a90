/** How a model begins that speaks of itself, not of the picture. */
const REFUSALS = [
	// Not the sign on a door: "Sorry, we're closed".
	/^(?:(?:i'm|i am|we're) (?:really |very |so |terribly )?sorry|sorry\b(?!,? (?:we|no|for|out|about)\b)|i apologi[sz]e|(?:my |please accept my |with )?apologies|unfortunately\b,? (?:i\b|this|the))/,
	/^(?:as an ai\b|i (?:can't(?! believe)|cannot|can not|could not|couldn't|won't|will not|am unable|am not able|'m unable|don't|do not|must decline|have to decline)|i'm (?:unable|not able|not allowed|just an ai)|my guidelines)/,
	/^(?:unable|not able|not allowed) to\b|^(?:cannot|can't|can not|could not|couldn't) (?:be )?(?:access|analy[sz]e|assist|comply|describe|determine|display|generate|help|identify|load|open|process|provide|see|view)/,
	/^(?:(?:your |the |this )?request (?:was |has been |is )?(?:blocked|declined|denied|refused|rejected)|(?:the |this )?(?:content|image|picture) (?:was |has been |is )?(?:blocked|filtered|flagged|removed|redacted)\b)/,
	// German, French, Spanish, Portuguese, Italian, Romanian
	/^(?:es tut mir leid|tut mir leid|entschuldigung|leider kann|leider ist es mir|ich kann (?:dies|das|dieses|diese|dir|ihnen|dabei|leider|keine)|ich bin nicht in der lage)/,
	/^(?:(?:je suis )?désolée?\b|je ne (?:peux|suis)|malheureusement, je|lo siento|lo lamento|no puedo|no me es posible|desculpe|sinto muito|lamento|não (?:posso|consigo)|mi dispiace|spiacente|non (?:posso|sono in grado)|îmi pare rău|nu pot)/,
	// Dutch, Scandinavian, Finnish, Polish, Czech, Hungarian, Turkish, Indonesian, Vietnamese
	/^(?:het spijt me|sorry, maar|ik kan (?:niet|geen|dit|deze)|beklager|jeg kan (?:ikke|desværre)|tyvärr|jag kan (?:inte|tyvärr)|valitettavasti|en voi|przykro mi|przepraszam, ale|niestety nie|nie mogę|omlouvám se|je mi líto|bohužel|nemohu|sajnálom|sajnos nem|nem tudok|üzgünüm|maalesef|maaf|saya tidak (?:dapat|bisa)|xin lỗi|tôi không thể|rất tiếc)/,
	// Russian, Ukrainian, Greek, Hebrew, Arabic, Hindi, Thai
	/^(?:извините|простите|к сожалению|я не могу|вибачте|перепрошую|на жаль|я не можу|λυπάμαι|συγγνώμη|δεν μπορώ|מצטער|אני לא יכול|عذر|آسف|نأسف|لا أستطيع|لا يمكنني|क्षमा करें|मुझे खेद|माफ़ करें|मैं .{0,40}नहीं कर सकत|ขออภัย|ขอโทษ|ไม่สามารถ)/,
	// Chinese, Japanese, Korean
	/^(?:抱歉|不好意思|对不起|對不起|很抱歉|很遗憾|很遺憾|我无法|我無法|我不能|无法|無法|申し訳|すみません|恐れ入りますが|残念ながら|죄송|미안|유감)/,
] as const;

/** How one begins that was given no picture, or could not open it. */
const UNSEEN = [
	/^(?:the |this |your )?(?:image|picture|photo|file)s? (?:could not|couldn't|cannot|can't|failed to|is not|isn't|was not|wasn't|seems to be|appears to be) (?:be )?(?:load|see|view|display|open|access|process|render|available|visible|attached|provided|missing|corrupt|broken|empty|blank)/,
	/^no (?:image|picture|photo|file) (?:was |is |has been |seems to be )?(?:provided|attached|given|uploaded|found|available|visible|received|supplied)/,
	/^(?:i )?(?:don't|do not|can't|cannot) (?:actually )?(?:see|view) (?:the|any|an|your) (?:image|picture|photo)/,
	/^(?:it (?:looks|seems|appears) (?:like|as if|that) (?:there is |there's |you )?(?:no|didn't|haven't|forgot)|there(?:'s| is) no (?:image|picture|photo))/,
	/^(?:please |could you (?:please )?|can you (?:please )?)?(?:provide|upload|attach|share|send)(?: me)? (?:the|an|a|your) (?:image|picture|photo|file)/,
	/^(?:i (?:can )?see no (?:image|picture|photo)|(?:image|picture|photo|file) (?:is )?(?:not |un)(?:available|found|provided|attached|visible|loaded))/,
	// German, French, Spanish, Portuguese, Italian, Romanian
	/^(?:(?:es (?:wurde|ist|gibt) |ich (?:sehe|kann) )?kein(?:e|en)? (?:bild|foto|datei|grafik)|(?:das|dieses|ihr) (?:bild|foto) .{0,20}nicht (?:geladen|angezeigt|geöffnet|gefunden|sichtbar|verfügbar|sehen|abgerufen)|bitte .{0,20}(?:bild|foto|datei))/,
	/^(?:aucune (?:image|photo)|il n'y a (?:pas d'|aucune )image|l'image (?:n'est|ne peut|n'a)|je ne vois|veuillez .{0,20}(?:image|photo))/,
	/^(?:no (?:se (?:ha |pudo |puede )?(?:proporcion|adjunt|enviado|cargar|ver)|hay (?:ninguna )?imagen|veo (?:ninguna|la) )|la imagen no |por favor,? (?:proporcion|adjunt|sub|env))/,
	/^(?:(?:não (?:há|vejo) )?nenhuma (?:imagem|foto)|não (?:há|vejo) (?:imagem|foto)|a imagem não |por favor,? (?:forneça|envie|anexe)|nessuna (?:immagine|foto)|non (?:vedo|c'è|è stata) .{0,20}(?:immagine|foto)|l'immagine non |(?:per favore|si prega di),? (?:forni|caric|invi)|nu (?:văd|există) .{0,10}imagin|imaginea nu )/,
	// Dutch, Scandinavian, Finnish, Polish, Czech, Hungarian, Turkish, Indonesian, Vietnamese
	/^(?:(?:er is |ik zie )?geen (?:afbeelding|foto)|de afbeelding (?:kan|kon|is) niet|(?:jag ser |jeg ser )?(?:ingen|inget|ikke noe) (?:bild|billed|bilde)|(?:bilden|bildet|billedet) (?:kunde|kunne|kan|är|er) (?:inte|ikke)|kuvaa ei|en näe)/,
	/^(?:nie (?:widzę|załączono|przesłano|dostarczono) |brak (?:obraz|zdjęci)|obraz(?:u|ka)? nie |proszę (?:przesłać|załączyć)|obrázek (?:nelze|nebyl|není)|nevidím |nincs kép|a kép nem |(?:görsel|resim|görüntü) (?:bulunamadı|sağlanmadı|yüklenemedi|görüntülenemiyor|yok)|tidak ada gambar|gambar tidak |không có (?:hình )?ảnh|hình ảnh không )/,
	// Russian, Ukrainian, Greek, Hebrew, Arabic, Hindi, Thai
	/^(?:изображени[ея] (?:не|отсутств)|нет изображения|я не вижу|пожалуйста, (?:загрузите|пришлите|предоставьте)|зображення (?:не|відсутн)|я не бачу|δεν (?:βλέπω|υπάρχει|παρέχεται) .{0,10}εικόν|η εικόνα δεν|אין תמונה|לא (?:סופקה|צורפה) תמונה|(?:لا (?:توجد|أرى)|لم يتم) .{0,10}صورة|الصورة غير|कोई (?:छवि|तस्वीर|चित्र) .{0,12}नहीं|ไม่(?:พบ|มี)รูป)/,
	// Chinese, Japanese, Korean
	/^(?:(?:没有|沒有|未)(?:提供|上传|上傳|附上|看到|收到|找到|任何)?(?:图片|图像|圖片|圖像)|(?:我)?(?:看不到|看不见)|(?:图片|图像|圖片|圖像)(?:无法|無法|未|加载失败|不存在|缺失)|[请請](?:上传|上傳|提供)|(?:画像|写真|イメージ).{0,3}(?:ありません|提供され(?:て|ま|な)|添付され(?:て|ま|な)|表示でき|読み込め|見え(?:ま|な)|確認でき|認識でき)|(?:이미지|사진)(?:가|이|를|을)? ?(?:없|제공되지|첨부되지|표시할 수 없|볼 수 없|불러올 수 없|보이지 않))/,
] as const;

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
	return begins(text, UNSEEN);
}

/** Whether a text stands in the place of a description, and describes nothing. */
export function describesNothing(text: string): boolean {
	return !SPEAKABLE.test(text) || PLACEHOLDER.test(text.toLowerCase().replace(/^[[(<"']+|[\])>"'.!]+$/g, ''));
}

function begins(text: string, beginnings: readonly RegExp[]): boolean {
	const start = text.slice(0, 300).replaceAll('’', "'").toLowerCase();
	return beginnings.some((beginning) => beginning.test(start));
}
