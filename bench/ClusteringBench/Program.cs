using System.Diagnostics;
using Toolchain.Clustering;
// probe
byte[] pixels; using (var s = new System.IO.Compression.GZipStream(File.OpenRead(Directory.GetFiles(Environment.GetEnvironmentVariable("UVL_DATA_DIR")+"/mnist", "train-images*")[0]), System.IO.Compression.CompressionMode.Decompress)) { var m = new MemoryStream(); s.CopyTo(m); pixels = m.ToArray()[16..]; }
var bytes = new ByteRows(pixels, 784); var rows = bytes.ToRows();
for (int r = 0; r < (args.Length>0?0:3); r++) {
 foreach (int k in new[]{10,30}) {
  var sw = Stopwatch.StartNew();
  var a = KMeans.Fit(bytes, new KMeansOptions{ClusterCount=k, Threads=2, MaxIterations=1});
  Console.Write($"k={k} start+1: {sw.ElapsedMilliseconds} ms; ");
  sw.Restart(); var f = KMeans.Fit(rows, a.Centres, new KMeansOptions{Threads=2});
  Console.Write($"float {sw.ElapsedMilliseconds} ms {f.Iterations} it {sw.Elapsed.TotalMilliseconds/f.Iterations:f1} ms/it inertia {f.Inertia:f3}; ");
  sw.Restart(); var b = KMeans.Fit(bytes, a.Centres, new KMeansOptions{Threads=2});
  Console.WriteLine($"byte {sw.ElapsedMilliseconds} ms {b.Iterations} it {sw.Elapsed.TotalMilliseconds/b.Iterations:f1} ms/it inertia {b.Inertia:f3}; ");
 }
 { var e = new float[60000*64]; var rnd = new Random(1); for (int i=0;i<e.Length;i++) e[i]=(float)(rnd.NextDouble()-0.5); var sw=Stopwatch.StartNew(); var t = Neighbours.OfEach(new Rows(e,64),20,2); Console.WriteLine($"knn {sw.ElapsedMilliseconds} ms {t.Indices[0]}"); }
}
foreach (int d in new[]{12, 26, 784}) foreach (int k in d==12? new[]{10} : d==26 ? new[]{130} : new[]{10}) {
  Rows x = d == 784 ? rows : Pca.Fit(rows, d, true, 2).Project(rows, 2);
  var st = KMeans.Fit(x, new KMeansOptions{ClusterCount=k, Threads=2, MaxIterations=3});
  var sw = Stopwatch.StartNew(); int it = d==784?2:100;
  for (int rep=0; rep<3; rep++) { sw.Restart(); var c0=Process.GetCurrentProcess().TotalProcessorTime;
  var g = GaussianMixture.Fit(x, st.Labels, new GaussianMixtureOptions{ComponentCount=k, MaxIterations=it, Tolerance=0, Threads=2, Regularization= d==784?1e-3:1e-6});
  Console.WriteLine($"gmm {d} k={k} {sw.Elapsed.TotalMilliseconds/it:f1} ms/it cpu {(Process.GetCurrentProcess().TotalProcessorTime-c0).TotalMilliseconds/it:f1} ll {g.LogLikelihood:f6}"); }
}
