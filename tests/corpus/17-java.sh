# needs: java=default-jdk-headless javac=default-jdk-headless
# slow
cat >T.java <<'X'
import java.util.*; import java.util.concurrent.*; import java.nio.file.*;
public class T { public static void main(String[] a) throws Exception {
  ExecutorService pool = Executors.newFixedThreadPool(4); List<Future<Integer>> l = new ArrayList<>();
  for (int i = 0; i < 40; i++) { final int n = i; l.add(pool.submit(() -> { Map<String, Integer> m = new TreeMap<>(); for (int k = 0; k < 5000; k++) m.put("k" + k, k * n); return m.size(); })); }
  int s = 0; for (Future<Integer> f : l) s += f.get(); pool.shutdown(); System.gc(); System.out.println(s);
  Process p = new ProcessBuilder("sh", "-c", "echo child; exit 3").redirectErrorStream(true).start();
  System.out.print(new String(p.getInputStream().readAllBytes())); System.out.println(p.waitFor());
  Files.writeString(Path.of("f"), "x".repeat(100000)); System.out.println(Files.size(Path.of("f")));
  int[] z = null; try { System.out.println(z[0]); } catch (NullPointerException e) { System.out.println("null"); }
  System.exit(7); } }
X
javac T.java
for gc in Serial G1; do
	java -Xmx128m "-XX:+Use${gc}GC" -Xshare:auto T
	echo "$?"
done
java -Xss320k -XX:+UseSerialGC --list-modules | md5sum
java -cp . Nope 2>&1 | head -1
