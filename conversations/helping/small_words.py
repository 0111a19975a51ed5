"""Words that say little about what somebody wants, in the eight languages that most customers write."""

_ENGLISH = """a an the and or but not no yes i i'm im i've ive me my we us our you your he she it its they them their
this that these those is are was were be been am do does did done have has had can could will would should shall may
might must to of in on at by for from with about as if so then than there here when where what which who how why all
any some just very too also only please hi hello hey dear thanks thank regards up out get got"""
_GERMAN = """der die das den dem des ein eine einen einem einer eines und oder aber nicht kein keine ja nein ich mich
mir mein meine meinen meinem meiner wir uns unser unsere sie ihr ihre ihnen ihren er es man dies diese dieser dieses
ist sind war waren sein bin habe hat haben hatte kann können könnte will werden wird wurde würde soll muss zu zum zur
von vom in im an am auf für aus mit bei nach über als wenn dann da hier wann wo was wer wie warum auch nur noch schon
sehr bitte hallo guten tag danke dank grüße grüßen liebe freundlichen"""
_FRENCH = """le la les l un une des du de d et ou mais ne pas non oui je j me m mon ma mes nous notre nos vous votre
vos il elle ils elles on ce cet cette ces c est sont était suis être ai as a avons avez ont avoir peux peut pouvez
voudrais à au aux en dans sur par pour avec sans chez qui que qu quoi quel quelle comment pourquoi quand où si alors
aussi très plus bien merci bonjour bonsoir svp cordialement se s y"""
_SPANISH = """el la los las un una unos unas de del y o pero no sí si yo me mi mis nos nuestro usted ustedes su sus él
ella lo le les se te tu es son era soy ser está están estoy estar he ha han hay tengo tiene tener puedo puede pueden
podría quiero quisiera a al en con por para sin sobre que qué quién cómo cuándo dónde cuál porque como muy más también
ya gracias hola buenos buenas días tardes saludos favor este esta esto"""
_ITALIAN = """il lo la i gli le un uno una di del della dei delle dello e o ma non no sì io mi mio mia miei mie noi ci
nostro voi vi vostro lui lei suo sua loro si se è sono era essere sto sta ho ha hanno abbiamo avere posso può potete
potrei vorrei a al alla ai alle da dal dalla in nel nella con su per che chi cosa come quando dove perché quale anche
più molto già grazie ciao buongiorno buonasera salve saluti questo questa"""
_POLISH = """i a o w z na do za po od dla przy przez we ze nie tak ja mnie mi mój moja moje moją my nas nam nasz pan
pani państwo państwa jego jej ich to ten ta te tego tej jest są był była było być mam ma mają mieć mogę może można chcę
chciałbym chciałabym proszę się co kto jak kiedy gdzie dlaczego czy że ale lub oraz już tylko też bardzo dzień dobry
witam dziękuję pozdrawiam"""
_NORWEGIAN = """en ei et den det de og eller men ikke nei ja jeg meg min mitt mine vi oss vår du deg din ditt dere han
hun sin er var være har hadde ha kan kunne vil ville skal skulle må til av i på ved for fra med om som at når hvor hva
hvem hvordan hvorfor hvis så da her der også bare noe noen veldig hei takk hilsen god vennlig"""
_DUTCH = """de het een en of maar niet geen nee ja ik me mij mijn wij we ons onze jij je jouw u uw hij zij ze zijn haar
hun dit dat deze die is was waren ben heb heeft hebben had kan kunnen kunt wil willen wordt worden zou moet te van in
op aan bij voor uit met over als dan er hier daar wanneer waar wat wie hoe waarom ook nog al zeer graag hallo beste dag
dank bedankt groeten groet om naar"""

SMALL = frozenset(" ".join([_ENGLISH, _GERMAN, _FRENCH, _SPANISH, _ITALIAN, _POLISH, _NORWEGIAN, _DUTCH]).split())
