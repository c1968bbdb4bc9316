B
continuousJфЫ‹ЅЮАv>