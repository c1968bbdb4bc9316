
BprobabilityJ(†ïœ4o
Á8+!6¡H8æb7û„Í8ñê:9)p¹5ä¨x6]ã?