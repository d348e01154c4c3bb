# needs: xsltproc=xsltproc xmllint=libxml2-utils
# slow
{ echo '<r>'; for i in $(seq 2000); do echo "<e i='$i'>text $i</e>"; done; echo '</r>'; } >x.xml
echo '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:output method="text"/><xsl:template match="/"><xsl:value-of select="sum(//e/@i)"/>,<xsl:for-each select="//e[@i mod 500 = 0]"><xsl:sort select="@i" order="descending"/><xsl:value-of select="."/>;</xsl:for-each></xsl:template></xsl:stylesheet>' >x.xsl
xsltproc x.xsl x.xml
echo
xmllint --nonet --xpath 'count(//e)' x.xml
echo '<a>' | xmllint -
echo "$?"
