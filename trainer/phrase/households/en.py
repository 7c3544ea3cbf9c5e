"""English."""

WORDS = {
    "room": "kitchen|living room|bedroom|bathroom|hallway|garage|garden|office|basement|attic|dining room|nursery|"
    "laundry room|balcony|guest room|porch|cellar|study|playroom|driveway",
    "thing": "lights|lamp|heating|fan|television|radio|blinds|curtains|door|window|oven|dishwasher|alarm|thermostat|"
    "washing machine|vacuum|printer|speaker|camera|sprinkler|coffee machine|kettle|freezer|toaster|doorbell",
    "person": "my mother|the neighbour|our teacher|Peter|Sophie|the plumber|grandpa|my sister|Doctor Brown|"
    "uncle George|Maria|the postman|my boss|the twins|Oliver|aunt Clara|the babysitter|Thomas|your cousin|Hannah|"
    "the electrician|Victor|Miss Wilson|the coach|Ahmed|Julia|his brother|Daniel|the children",
    "food": "spaghetti|roast chicken|vegetable soup|pancakes|fried rice|apple pie|mushrooms|fish fingers|"
    "tomato salad|cheese sandwiches|chocolate cake|porridge|boiled potatoes|strawberries|garlic bread|noodles|"
    "scrambled eggs|lemon yogurt|carrot sticks",
    "day": "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|tomorrow|the weekend|next month|my birthday|"
    "the holidays|next year",
    "time": "seven o'clock|half past nine|noon|midnight|a quarter to six|lunch|dinner|breakfast|ten thirty|sunset|"
    "the news|the afternoon|bedtime|four fifteen|twenty past eleven",
    "place": "the supermarket|the station|school|the library|the dentist|the swimming pool|the airport|work|the bank|"
    "the museum|the bakery|church|the gym|the hospital|the beach|town|the cinema|the post office|Scotland|Vienna",
    "object": "keys|umbrella|phone charger|blue jacket|glasses|passport|bicycle|screwdriver|suitcase|homework|wallet|"
    "guitar|scissors|lunch box|football|newspaper|sewing kit|tennis racket|headphones|shopping list|torch|ladder",
    "adjective": "expensive|wonderful|a bit strange|delicious|broken|much too loud|quite heavy|dangerous|cheaper|"
    "exactly right|terribly boring|surprisingly good|smaller than I thought|full of dust|covered in mud|finished",
    "weather": "rain|snow|sunshine|fog|thunder|strong wind|frost|a heat wave|hail|clouds",
    "verb": "cleaned|painted|repaired|moved|forgotten|borrowed|sold|measured|photographed|hidden|ordered|wrapped",
    "activity": "watching football|doing the dishes|reading a novel|playing chess|walking the dog|baking bread|"
    "learning French|mowing the lawn|fixing the fence|practising the piano|folding laundry|painting the shed|"
    "looking for mushrooms|writing postcards|packing the car|feeding the rabbits",
    "number": "two|three|four|five|six|eight|ten|twelve|fifteen|twenty|thirty|forty five|a hundred|several|a dozen",
    "unit": "minutes|hours|days|weeks|degrees|euros|pages|miles|percent|pounds",
    "opener": "well|actually|listen|honestly|by the way|you know|I mean|to be fair|anyway|oh no|of course|apparently|"
    "look|wait a second|sorry|excuse me|good news|as I said|no really|come on",
    "music": "the jazz station|some piano music|that song from the film|the morning show|an audio book|the playlist|"
    "a lullaby|the second album|the football match|the weather report",
    "onoff": "on|off|down|up",
}
PATTERNS = (
    "turn {onoff} the {thing} in the {room} at {time}",
    "could you please turn {onoff} the {thing} before {time}",
    "did anybody leave the {room} {thing} on again last night",
    "{opener} {person} said that the {food} was {adjective}",
    "I think we should have {food} for dinner on {day}",
    "{person} is coming over on {day} after {time}",
    "have you seen my {object} anywhere in the {room}",
    "the {object} is probably still lying in the {room}",
    "{opener} I have not {verb} the {object} since {day}",
    "set a timer for {number} minutes and then check the {thing}",
    "remind me to call {person} before {time} on {day}",
    "there will be {weather} and {weather} from {day} until {day}",
    "how long does it take to drive to {place} from here",
    "we need {number} more {unit} and one more {object}",
    "{person} spent the whole morning {activity} in the {room}",
    "{opener} we are going to {place} with {person} on {day}",
    "play {music} in the {room} but not too loud please",
    "why is the {thing} in the {room} always {adjective}",
    "they told {person} about it {number} {unit} ago at {place}",
    "put the {object} next to the {thing} when you come home",
    "I was {activity} when {person} rang from {place}",
    "what would you like to eat, {food} or {food}",
    "{opener} that {object} cost me {number} euros at {place}",
    "nobody told me that {person} had {verb} the {object}",
    "if there is {weather} on {day} we can stay home and go on {activity}",
    "the {thing} was {verb} by {person} {number} weeks ago",
    "can you lower the {thing} by {number} percent in the {room}",
    "{person} always forgets the {object} at {place}",
    "open the {room} window a little, it smells of {food}",
    "my favourite part was {activity} with {person} near {place}",
    "{opener} is the {room} warm enough or shall I change the {thing}",
    "add {food} and another {object} to the list for {day}",
    "{number} {unit} later the {thing} was {adjective} again",
    "who wants to help {person} with the {object} after {time}",
    "I read that {weather} is expected near {place} around {time}",
)
