"""German: things in the accusative, times and places as they follow a verb."""

WORDS = {
    "room": "in der Küche|im Wohnzimmer|im Schlafzimmer|im Bad|im Flur|in der Garage|im Garten|im Büro|im Keller|"
    "auf dem Balkon|im Kinderzimmer|auf der Terrasse|im Treppenhaus|auf dem Dachboden|im Gästezimmer",
    "thing": "das Licht|die Lampe|die Heizung|den Fernseher|das Radio|die Rollläden|den Backofen|die Spülmaschine|"
    "die Waschmaschine|den Staubsauger|die Kaffeemaschine|den Wasserkocher|die Musik|den Drucker|die Steckdose|"
    "den Ventilator|die Alarmanlage|den Rasenmäher|die Bewässerung",
    "person": "meine Mutter|der Nachbar|unsere Lehrerin|Peter|Sophie|der Klempner|Opa|meine Schwester|Frau Schneider|"
    "Onkel Georg|Maria|der Postbote|mein Chef|Oliver|Tante Klara|die Babysitterin|Thomas|dein Vetter|Hannah|"
    "der Elektriker|Herr Wagner|der Trainer|Julia|sein Bruder|Daniel",
    "food": "Spaghetti|Brathähnchen|Gemüsesuppe|Pfannkuchen|Apfelstrudel|Pilze|Fischstäbchen|Tomatensalat|Käsebrote|"
    "Schokoladenkuchen|Haferbrei|Kartoffeln|Erdbeeren|Nudeln|Rührei|Joghurt|Linsen|Knödel|Schnitzel",
    "day": "am Montag|am Dienstag|am Mittwoch|am Donnerstag|am Freitag|am Samstag|am Sonntag|morgen früh|"
    "am Wochenende|nächsten Monat|übermorgen|zu meinem Geburtstag|in den Ferien|nächstes Jahr",
    "time": "um sieben Uhr|um halb zehn|gegen Mittag|um Mitternacht|um Viertel vor sechs|nach dem Mittagessen|"
    "vor dem Frühstück|um zehn Uhr dreißig|bei Sonnenuntergang|nach den Nachrichten|am späten Nachmittag",
    "place": "im Supermarkt|am Bahnhof|in der Schule|in der Bücherei|beim Zahnarzt|im Schwimmbad|am Flughafen|"
    "bei der Arbeit|auf der Bank|im Museum|beim Bäcker|in der Kirche|im Krankenhaus|am Strand|im Kino|bei der Post",
    "object": "die Schlüssel|den Regenschirm|das Ladekabel|die blaue Jacke|die Brille|den Reisepass|das Fahrrad|"
    "den Schraubenzieher|den Koffer|die Hausaufgaben|den Geldbeutel|die Gitarre|die Schere|die Brotdose|den Fußball|"
    "die Zeitung|die Kopfhörer|den Einkaufszettel|die Leiter",
    "adjective": "zu teuer|wunderbar|etwas seltsam|köstlich|kaputt|viel zu laut|ziemlich schwer|gefährlich|billiger|"
    "genau richtig|furchtbar langweilig|überraschend gut|kleiner als gedacht|voller Staub|schmutzig|fertig",
    "weather": "Regen|Schnee|Sonnenschein|Nebel|Gewitter|starken Wind|Frost|Hagel|Wolken|eine Hitzewelle",
    "verb": "geputzt|gestrichen|repariert|weggeräumt|vergessen|ausgeliehen|verkauft|gemessen|fotografiert|versteckt|"
    "bestellt|eingepackt|gesucht|gefunden",
    "activity": "Fußball geschaut|das Geschirr gespült|einen Roman gelesen|Schach gespielt|Brot gebacken|"
    "Französisch gelernt|den Rasen gemäht|den Zaun repariert|Klavier geübt|die Wäsche gefaltet|"
    "Postkarten geschrieben|"
    "das Auto gepackt|die Kaninchen gefüttert|Pilze gesucht",
    "number": "zwei|drei|vier|fünf|sechs|acht|zehn|zwölf|fünfzehn|zwanzig|dreißig|fünfundvierzig|hundert|ein paar",
    "unit": "Minuten|Stunden|Tage|Wochen|Seiten|Kilometer|Euro|Flaschen|Packungen|Liter",
    "opener": "also|eigentlich|ehrlich gesagt|übrigens|weißt du|ich meine|jedenfalls|oh nein|natürlich|"
    "angeblich|Moment mal|Entschuldigung|gute Nachrichten|wie gesagt|na gut|ach komm",
    "music": "den Jazzsender|ein bisschen Klaviermusik|das Lied aus dem Film|die Morgensendung|ein Hörbuch|"
    "ein Schlaflied|das zweite Album|die Sportschau|den Wetterbericht",
    "onoff": "an|aus",
}
PATTERNS = (
    "schalte {thing} {room} {time} {onoff}",
    "könntest du bitte {thing} {room} {onoff}machen",
    "wer hat gestern Abend {thing} {room} vergessen",
    "{opener}, {person} hat gesagt, das war {adjective}",
    "ich glaube, {day} essen wir {food} mit {food}",
    "{person} kommt {day} {time} zu Besuch",
    "hast du {object} irgendwo {room} gesehen",
    "ich habe {object} {day} wohl {place} liegen lassen",
    "{opener}, ich habe {object} seit Wochen nicht {verb}",
    "stell einen Timer auf {number} Minuten und schau dann nach den {food}",
    "erinnere mich {day} {time} an den Anruf",
    "{day} gibt es {weather} und später {weather}",
    "wie lange brauchen wir mit dem Auto bis nach Hause, {number} Stunden oder länger",
    "wir brauchen noch {number} {unit} und {object}",
    "{person} hat {day} {room} den ganzen Vormittag {activity}",
    "{opener}, {day} treffen wir uns alle {place}",
    "spiel {music} {room}, aber bitte nicht so laut",
    "warum ist es {room} {time} immer {adjective}",
    "{person} hat es vor {number} Jahren {place} erzählt",
    "leg {object} neben den Tisch, wenn du nach Hause kommst",
    "ich habe gerade {activity}, als {person} angerufen hat",
    "was möchtest du essen, {food} oder lieber {food}",
    "niemand hat mir gesagt, dass {person} {object} {verb} hat",
    "wenn es {day} so kalt bleibt, brauchen wir {object}",
    "dreh {thing} {room} bitte um {number} Prozent herunter",
    "{person} vergisst {object} immer {place}",
    "mach {room} das Fenster auf, es riecht nach {food}",
    "schreib {food} und {food} auf die Liste für das Wochenende",
    "{number} {unit} später war alles wieder {adjective}",
    "wer hilft {time} beim Aufräumen {room}",
)
