B
continuousJD‡x>ÕÞÙ½TR>›N1=