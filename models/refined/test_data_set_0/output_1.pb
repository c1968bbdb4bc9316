
BprobabilityJ(Z™43Å1=+y:)$¾.ÈnO0ÿÿ?êO,[“|#=U/)ib*