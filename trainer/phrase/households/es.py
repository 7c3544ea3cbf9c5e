"""Spanish: things and places with their articles, so that nothing has to agree."""

WORDS = {
    "room": "en la cocina|en el salón|en el dormitorio|en el baño|en el pasillo|en el garaje|en el jardín|"
    "en la oficina|en el sótano|en el balcón|en el cuarto de los niños|en la terraza|en el desván|en la entrada|"
    "en el comedor",
    "thing": "la luz|la lámpara|la calefacción|el televisor|la radio|las persianas|el horno|el lavavajillas|"
    "la lavadora|la aspiradora|la cafetera|el hervidor|la música|la impresora|el ventilador|la alarma|el riego|"
    "el aire acondicionado|el enchufe",
    "person": "mi madre|el vecino|nuestra maestra|Pedro|Sofía|el fontanero|el abuelo|mi hermana|la señora García|"
    "el tío Jorge|María|el cartero|mi jefe|Óscar|la tía Clara|la niñera|Tomás|tu primo|Ana|el electricista|"
    "el señor Ruiz|el entrenador|Julia|su hermano|Daniel",
    "food": "espaguetis|pollo asado|sopa de verduras|tortilla de patatas|tarta de manzana|setas|ensalada de tomate|"
    "pan con queso|pastel de chocolate|patatas cocidas|fresas|huevos revueltos|yogur de limón|lentejas|arroz|"
    "garbanzos|croquetas",
    "day": "el lunes|el martes|el miércoles|el jueves|el viernes|el sábado|el domingo|mañana por la mañana|"
    "el fin de semana|el mes que viene|pasado mañana|por mi cumpleaños|en vacaciones|el año que viene",
    "time": "a las siete|a las nueve y media|al mediodía|a medianoche|a las seis menos cuarto|después de comer|"
    "antes del desayuno|al atardecer|después de las noticias|a última hora de la tarde|a las diez y media",
    "place": "en el supermercado|en la estación|en la escuela|en la biblioteca|en el dentista|en la piscina|"
    "en el aeropuerto|en el trabajo|en el banco|en el museo|en la panadería|en la iglesia|en el hospital|en la playa|"
    "en el cine|en correos",
    "object": "las llaves|el paraguas|el cargador|la chaqueta azul|las gafas|el pasaporte|la bicicleta|"
    "el destornillador|la maleta|los deberes|la cartera|la guitarra|las tijeras|el balón|el periódico|"
    "los auriculares|la lista de la compra|la escalera|la raqueta",
    "adjective": "demasiado caro|maravilloso|un poco raro|delicioso|roto|demasiado fuerte|bastante pesado|peligroso|"
    "exactamente como debe ser|terriblemente aburrido|sorprendentemente bueno|lleno de polvo|cubierto de barro|listo",
    "weather": "lluvia|nieve|sol|niebla|tormenta|mucho viento|helada|granizo|nubes|una ola de calor",
    "verb": "limpiado|pintado|arreglado|movido|olvidado|prestado|vendido|medido|fotografiado|escondido|pedido|"
    "envuelto|encontrado",
    "activity": "viendo el partido|fregando los platos|leyendo una novela|jugando al ajedrez|paseando al perro|"
    "haciendo pan|aprendiendo francés|cortando el césped|arreglando la valla|tocando el piano|doblando la ropa|"
    "escribiendo postales|cargando el coche|dando de comer a los conejos",
    "number": "dos|tres|cuatro|cinco|seis|ocho|diez|doce|quince|veinte|treinta|cuarenta y cinco|cien",
    "unit": "minutos|días|años|kilómetros|euros|paquetes|litros|kilos|metros|meses",
    "opener": "bueno|la verdad|por cierto|ya sabes|quiero decir|en todo caso|ay no|claro|por lo visto|"
    "espera un momento|"
    "perdona|buenas noticias|como decía|está bien|venga ya|imagínate",
    "music": "la emisora de jazz|un poco de piano|la canción de la película|el programa de la mañana|un audiolibro|"
    "una nana|el segundo disco|el partido|el tiempo",
    "switch": "enciende|apaga|pon|quita|baja",
}
PATTERNS = (
    "{switch} {thing} {room} {time}",
    "puedes apagar {thing} antes de salir {day}",
    "quién se ha dejado {object} {room} otra vez",
    "{opener}, {person} dijo que era {adjective}",
    "creo que {day} vamos a comer {food} y {food}",
    "{person} viene a vernos {day} {time}",
    "has visto {object} {room}",
    "seguro que me dejé {object} {place} {day}",
    "{opener}, no he {verb} nada desde hace meses",
    "pon un temporizador de {number} minutos y vigila {thing}",
    "recuérdame llamar por teléfono {day} {time}",
    "va a haber {weather} {day} y luego {weather}",
    "cuánto se tarda en llegar en coche si hay {weather}",
    "necesitamos {number} {unit} más y también {food}",
    "{person} estuvo toda la mañana {activity} {room}",
    "{opener}, nos encontramos {place} {day} {time}",
    "pon {music} {room} pero no muy alto",
    "por qué está siempre {adjective} lo que hay {room}",
    "se lo contaron hace {number} {unit} {place}",
    "deja {object} al lado de la puerta cuando vuelvas",
    "yo estaba {activity} cuando llamó {person}",
    "qué quieres cenar, {food} o {food}",
    "nadie me dijo que {person} había {verb} todo eso",
    "si hace frío {day} nos quedamos en casa {activity}",
    "puedes bajar {thing} {room} un {number} por ciento",
    "{person} siempre se olvida {object} {place}",
    "abre la ventana {room}, huele a {food}",
    "añade {food} y {food} a la lista",
    "{number} {unit} después todo estaba {adjective}",
    "quién ayuda {room} {time} con la cena",
)
