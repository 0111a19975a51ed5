"""What is said in Turkish."""

from deskapp.demo.language import Language, Topic

WORDS = Language(
    code="tr",
    timezone="Europe/Istanbul",
    cities=("İzmir", "Ankara", "Bursa", "Trabzon"),
    first=("Yusuf", "Gülşen", "Çağla", "Barış", "İpek", "Oğuz"),
    last=("Demirtaş", "Yılmaz", "Öztürk", "Kılıç", "Şahin"),
    hello=("Merhaba,", "İyi günler,", "Selamlar,"),
    bye=("Saygılarımla", "Şimdiden teşekkürler", "Kolay gelsin"),
    details=("Etiketleri hâlâ üzerinde.", "Siparişin geri kalanı kusursuzdu.", "Fotoğrafı ekledim.", "Hediyeydi."),
    more=(
        "{order} için bir gelişme var mı?",
        "Etiket telefonumda açılmıyor, PDF olarak gönderebilir misiniz?",
        "{other} bedenin kolları da daha uzun mu?",
        "İş yerime teslim edilebilir mi?",
    ),
    thanks=("Geldi, tam oldu. Çok teşekkürler!", "İade hesabımda, elinize sağlık.", "Harika, hepsi bu kadardı."),
    our_hello=("Merhaba {customer},", "Yazdığınız için teşekkürler {customer}."),
    our_bye=("Sevgiler\n{agent}", "İyi günler\n{agent}"),
    settled=(
        "Çok sevindim. Bir satır yazmanız yeter.",
        "Bizde de her şey tamam.",
        "İade bu sabah çıktı, üç gün sürer.",
    ),
    exchange=Topic(
        subjects=("{product} değişimi: {size} yerine {other}", "Beden küçük geldi, {order}"),
        openers=(
            "{order} siparişindeki {product} çok güzel ama {size} omuzlardan sıkıyor.",
            "Bedeni yanlış seçmişim: {product} {size} içine kazak sığmıyor.",
        ),
        asks=("{other} stokta var mı?", "Cumartesiye yetişir mi?"),
        answers=(
            "{other} ayrıldı, bu akşam çıkıyor. {size} için etiket ekte.",
            "{order} değişimi açıldı: {size} verilince {other} yola çıkar.",
        ),
    ),
    late=Topic(
        subjects=("{order} nerede?", "Kargo cumadan beri kıpırdamıyor"),
        openers=("{order} beş gündür depoda görünüyor.", "Teslim edildi yazıyor ama {product} bana gelmedi."),
        asks=("Kargo şirketini arar mısınız?", "Teslim noktasına yönlendirilebilir mi?"),
        answers=(
            "Yanlış ayrılmış; yarın öğleden önce elinizde.",
            "Dokuz gün çok uzun. İkinci bir {product} yola çıktı.",
        ),
    ),
    warranty=Topic(
        subjects=("{product} fermuarı bozuldu", "{product} tamiri"),
        openers=("{product} fermuarı bir kışta açılmaya başladı.", "Yağmurda {product} omuzlardan su alıyor."),
        asks=("Garanti kapsamında mı?", "Tamir ücreti ne olur?"),
        answers=(
            "Bu bizim işimiz. Bu etiketle atölyeye gönderin, iki hafta sürer.",
            "Yeni bir sürgü yeter, ücretsiz. Önce yıkamanız rica olunur.",
        ),
    ),
    invoice=Topic(
        subjects=("{order} faturası", "İki kez çekilmiş"),
        openers=("Muhasebe {order} için KDV'li fatura istiyor.", "{order} tutarı aynı akşam iki kez çekilmiş."),
        asks=("PDF olarak gönderebilir misiniz?", "Düzeltilebilir mi?"),
        answers=("{order} faturası ekte, KDV ayrı satırda.", "İkincisi yalnızca blokaj, cumaya kadar düşer."),
    ),
    returned=Topic(
        subjects=("{order} iadesi", "Paketim ulaştı mı?"),
        openers=(
            "{product} geri geliyor, gün ışığında rengi bana göre değil.",
            "{order} iadesini pazartesi teslim almışsınız.",
        ),
        asks=("Param ne zaman yatar?", "Telefondan gösterebileceğim bir kod var mı?"),
        answers=(
            "Elimizde ve sapasağlam. {order} tutarı bu akşam çıkıyor.",
            "Etiket yerine bir kod: gişede göstermeniz yeterli.",
        ),
    ),
)
