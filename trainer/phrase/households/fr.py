"""French: things and places with their articles, so that nothing has to agree."""

WORDS = {
    "room": "dans la cuisine|dans le salon|dans la chambre|dans la salle de bain|dans le couloir|dans le garage|"
    "dans le jardin|au bureau|à la cave|sur le balcon|dans la chambre des enfants|sur la terrasse|au grenier|"
    "dans l'entrée|dans la buanderie",
    "thing": "la lumière|la lampe|le chauffage|la télévision|la radio|les volets|le four|le lave-vaisselle|"
    "la machine à laver|l'aspirateur|la cafetière|la bouilloire|la musique|l'imprimante|le ventilateur|l'alarme|"
    "l'arrosage|la prise du fond|la hotte",
    "person": "ma mère|le voisin|notre professeur|Pierre|Sophie|le plombier|grand-père|ma sœur|madame Bernard|"
    "oncle Georges|Marie|le facteur|mon chef|Olivier|tante Claire|la nounou|Thomas|ton cousin|Camille|l'électricien|"
    "monsieur Lefèvre|l'entraîneur|Julie|son frère|Daniel",
    "food": "des pâtes|du poulet rôti|de la soupe aux légumes|des crêpes|une tarte aux pommes|des champignons|"
    "une salade de tomates|du pain au fromage|un gâteau au chocolat|des pommes de terre|des fraises|"
    "des œufs brouillés|"
    "un yaourt au citron|des lentilles|du riz|une quiche|des haricots verts",
    "day": "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|demain matin|ce week-end|le mois prochain|"
    "après-demain|pour mon anniversaire|pendant les vacances|l'année prochaine",
    "time": "à sept heures|à neuf heures et demie|vers midi|à minuit|à six heures moins le quart|après le déjeuner|"
    "avant le petit-déjeuner|au coucher du soleil|après les informations|en fin d'après-midi|à dix heures trente",
    "place": "au supermarché|à la gare|à l'école|à la bibliothèque|chez le dentiste|à la piscine|à l'aéroport|"
    "au travail|"
    "à la banque|au musée|à la boulangerie|à l'église|à l'hôpital|à la plage|au cinéma|à la poste",
    "object": "les clés|le parapluie|le chargeur|la veste bleue|les lunettes|le passeport|le vélo|le tournevis|"
    "la valise|les devoirs|le portefeuille|la guitare|les ciseaux|le ballon|le journal|les écouteurs|"
    "la liste de courses|l'échelle|la raquette",
    "adjective": "trop cher|merveilleux|un peu bizarre|délicieux|cassé|beaucoup trop fort|assez lourd|dangereux|"
    "exactement comme il faut|terriblement ennuyeux|étonnamment bon|plein de poussière|couvert de boue|terminé",
    "weather": "de la pluie|de la neige|du soleil|du brouillard|de l'orage|beaucoup de vent|du gel|de la grêle|"
    "des nuages|une canicule",
    "verb": "nettoyé|repeint|réparé|déplacé|oublié|emprunté|vendu|mesuré|photographié|caché|commandé|emballé|"
    "retrouvé",
    "activity": "regarder le match|faire la vaisselle|lire un roman|jouer aux échecs|promener le chien|cuire du pain|"
    "apprendre l'anglais|tondre la pelouse|réparer la clôture|travailler le piano|plier le linge|"
    "écrire des cartes postales|charger la voiture|nourrir les lapins",
    "number": "deux|trois|quatre|cinq|six|huit|dix|douze|quinze|vingt|trente|quarante-cinq|cent|quelques",
    "unit": "minutes|heures|jours|semaines|pages|kilomètres|euros|bouteilles|paquets|litres",
    "opener": "enfin|honnêtement|au fait|tu sais|je veux dire|en tout cas|oh non|bien sûr|apparemment|attends un peu|"
    "pardon|bonne nouvelle|comme je disais|bon d'accord|allez|figure-toi",
    "music": "la station de jazz|un peu de piano|la chanson du film|l'émission du matin|un livre audio|une berceuse|"
    "le deuxième album|les résultats sportifs|la météo",
    "switch": "allume|éteins|coupe|remets|baisse",
}
PATTERNS = (
    "{switch} {thing} {room} {time}",
    "tu peux couper {thing} avant de partir {day}",
    "qui a encore oublié {object} {room} hier soir",
    "{opener}, {person} a dit que c'était {adjective}",
    "je crois qu'on va manger {food} {day}",
    "{person} passe nous voir {day} {time}",
    "est-ce que tu as vu {object} {room}",
    "j'ai dû laisser {object} {place} {day}",
    "{opener}, je n'ai pas {verb} ça depuis longtemps",
    "mets un minuteur de {number} minutes et surveille {thing}",
    "rappelle-moi d'appeler {person} {day} {time}",
    "il y aura {weather} {day} et puis {weather}",
    "combien de temps faut-il pour arriver {place} en voiture",
    "il nous faut encore {number} {unit} et {food}",
    "{person} a passé la matinée à {activity} {room}",
    "{opener}, on se retrouve {place} {day} {time}",
    "mets {music} {room} mais pas trop fort",
    "pourquoi est-ce que c'est toujours {adjective} {room}",
    "on en a parlé avec {person} il y a {number} jours",
    "pose {object} à côté de la porte quand tu rentres",
    "j'étais en train de {activity} quand {person} a téléphoné",
    "tu préfères manger {food} ou {food}",
    "personne ne m'a dit que {person} avait {verb} tout cela",
    "s'il fait froid {day} on peut rester à la maison et {activity}",
    "tu peux baisser {thing} {room} de {number} pour cent",
    "{person} oublie toujours {object} {place}",
    "ouvre la fenêtre {room}, ça sent le brûlé",
    "ajoute {food} et {food} à la liste",
    "{number} {unit} plus tard tout était {adjective}",
    "qui veut bien aider {person} à {activity} {time}",
)
