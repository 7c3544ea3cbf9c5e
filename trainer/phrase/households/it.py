"""Italian: things and places with their articles, so that nothing has to agree."""

WORDS = {
    "room": "in cucina|in salotto|in camera da letto|in bagno|nel corridoio|in garage|in giardino|nello studio|"
    "in cantina|sul balcone|nella stanza dei bambini|sulla terrazza|in soffitta|all'ingresso|in sala da pranzo",
    "thing": "la luce|la lampada|il riscaldamento|la televisione|la radio|le tapparelle|il forno|la lavastoviglie|"
    "la lavatrice|l'aspirapolvere|la macchina del caffè|il bollitore|la musica|la stampante|il ventilatore|l'allarme|"
    "l'irrigazione|il condizionatore|la presa",
    "person": "mia madre|il vicino|la maestra|Pietro|Sofia|l'idraulico|il nonno|mia sorella|la signora Bianchi|"
    "zio Giorgio|Maria|il postino|il mio capo|Oliviero|zia Chiara|la babysitter|Tommaso|tuo cugino|Anna|"
    "l'elettricista|"
    "il signor Rossi|l'allenatore|Giulia|suo fratello|Daniele",
    "food": "spaghetti|pollo arrosto|minestra di verdure|frittelle|torta di mele|funghi|insalata di pomodori|"
    "pane e formaggio|torta al cioccolato|patate lesse|fragole|uova strapazzate|yogurt al limone|lenticchie|risotto|"
    "gnocchi|melanzane",
    "day": "lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|domani mattina|nel fine settimana|"
    "il mese prossimo|"
    "dopodomani|per il mio compleanno|durante le vacanze|l'anno prossimo",
    "time": "alle sette|alle nove e mezza|verso mezzogiorno|a mezzanotte|alle sei meno un quarto|dopo pranzo|"
    "prima di colazione|al tramonto|dopo il telegiornale|nel tardo pomeriggio|alle dieci e trenta",
    "place": "al supermercato|alla stazione|a scuola|in biblioteca|dal dentista|in piscina|all'aeroporto|al lavoro|"
    "in banca|al museo|dal panettiere|in chiesa|all'ospedale|in spiaggia|al cinema|alla posta",
    "object": "le chiavi|l'ombrello|il caricatore|la giacca blu|gli occhiali|il passaporto|la bicicletta|"
    "il cacciavite|"
    "la valigia|i compiti|il portafoglio|la chitarra|le forbici|il pallone|il giornale|le cuffie|"
    "la lista della spesa|"
    "la scala|la racchetta",
    "adjective": "troppo caro|meraviglioso|un po' strano|delizioso|rotto|troppo rumoroso|piuttosto pesante|"
    "pericoloso|"
    "proprio come deve essere|terribilmente noioso|sorprendentemente buono|pieno di polvere|coperto di fango|pronto",
    "weather": "pioggia|neve|sole|nebbia|un temporale|molto vento|gelo|grandine|qualche nuvola|un'ondata di caldo",
    "verb": "pulito|dipinto|riparato|spostato|dimenticato|prestato|venduto|misurato|fotografato|nascosto|ordinato|"
    "incartato|ritrovato",
    "activity": "guardare la partita|lavare i piatti|leggere un romanzo|giocare a scacchi|portare fuori il cane|"
    "fare il pane|studiare il francese|tagliare l'erba|riparare il recinto|suonare il pianoforte|piegare il bucato|"
    "scrivere cartoline|caricare la macchina|dare da mangiare ai conigli",
    "number": "due|tre|quattro|cinque|sei|otto|dieci|dodici|quindici|venti|trenta|quarantacinque|cento",
    "unit": "minuti|giorni|anni|chilometri|euro|pacchi|litri|chili|metri|mesi",
    "opener": "allora|sinceramente|a proposito|sai|voglio dire|comunque|oh no|certo|a quanto pare|aspetta un attimo|"
    "scusa|buone notizie|come dicevo|va bene|ma dai|figurati",
    "music": "la stazione jazz|un po' di pianoforte|la canzone del film|il programma del mattino|un audiolibro|"
    "una ninna nanna|il secondo disco|la partita|le previsioni del tempo",
    "switch": "accendi|spegni|controlla|regola|abbassa",
}
PATTERNS = (
    "{switch} {thing} {room} {time}",
    "puoi spegnere {thing} prima di uscire {day}",
    "chi ha lasciato di nuovo {object} {room} ieri sera",
    "{opener}, {person} ha detto che era {adjective}",
    "penso che {day} mangeremo {food} e {food}",
    "{person} viene a trovarci {day} {time}",
    "hai visto {object} {room} da qualche parte",
    "devo aver lasciato {object} {place} {day}",
    "{opener}, non ho {verb} niente da mesi",
    "imposta un timer di {number} minuti e controlla {thing}",
    "ricordami di telefonare {day} {time}",
    "ci sarà {weather} {day} e poi {weather}",
    "quanto ci vuole per arrivare {place} in macchina",
    "ci servono ancora {number} {unit} e poi {food}",
    "{person} ha passato la mattina a {activity} {room}",
    "{opener}, ci vediamo {place} {day} {time}",
    "metti {music} {room} ma non troppo forte",
    "perché quello che c'è {room} è sempre {adjective}",
    "l'hanno raccontato {number} {unit} fa {place}",
    "lascia {object} vicino alla porta quando torni a casa",
    "stavo per {activity} quando ha chiamato {person}",
    "cosa vuoi mangiare stasera, {food} o {food}",
    "nessuno mi ha detto che {person} aveva {verb} tutto",
    "se fa freddo {day} restiamo a casa a {activity}",
    "puoi abbassare {thing} {room} del {number} per cento",
    "{person} dimentica sempre {object} {place}",
    "apri la finestra {room}, si sente odore di {food}",
    "aggiungi {food} e {food} alla lista",
    "{number} {unit} dopo era di nuovo {adjective}",
    "chi vuole aiutare {person} a {activity} {time}",
)
