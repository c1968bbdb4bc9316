B
continuousJ V—Ÿ=@Pa¾\!>Ü$²¼·%½ó™å=Å¿½ŽŒÃ½