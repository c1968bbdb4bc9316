using System.Diagnostics;
using Toolchain.Data.Sources;

namespace Toolchain.Data.Tests;

/// <summary>Arrays that NumPy saved, against the pixels that NumPy makes of them.</summary>
public sealed class NumpyTests(NumpyTests.Interpreter python) : IClassFixture<NumpyTests.Interpreter>
{
    // `x` has the pixels 0..255 of three images; each case saves an array `a` made of them, and `e` where its pixels are others.
    const string Start = "import numpy as np; r = np.random.RandomState(5); p = r.randint(0, 256, (3, 28, 28)); p[:, 0] = p[:, -1] = 0; "
        + "p[:, :, 0] = p[:, :, -1] = 0; x = p.astype('uint8');";

    [Theory]
    [InlineData("uint8", "a = x")]
    [InlineData("one channel", "a = x[:, None]")]
    [InlineData("channel last", "a = x[..., None]")]
    [InlineData("rows", "a = x.reshape(-1, 784)")]
    [InlineData("column-major", "a = np.asfortranarray(x)")]
    [InlineData("column-major floats", "a = np.asfortranarray(x / 255)")]
    [InlineData("float64 in 0..1", "a = x / 255")]
    [InlineData("float32 in 0..1", "a = (r.rand(3, 28, 28) * (x > 0)).astype('float32'); e = np.rint(a * np.float32(255))")]
    [InlineData("float64 of any fraction", "a = r.rand(3, 28, 28) * (x > 0); e = np.rint(a * 255)")]
    [InlineData("float16 in 0..1", "a = (x / 255).astype('float16'); e = np.rint(a.astype('float32') * np.float32(255))")]
    [InlineData("float32 in 0..255", "a = x.astype('float32')")]
    [InlineData("float64 fractions in 0..255", "a = r.rand(3, 28, 28) * x; e = np.rint(a)")]
    [InlineData("int64", "a = x.astype('int64')")]
    [InlineData("int32", "a = x.astype('int32')")]
    [InlineData("int16", "a = x.astype('int16')")]
    [InlineData("uint16", "a = x.astype('uint16')")]
    [InlineData("uint64", "a = x.astype('uint64')")]
    [InlineData("big-endian int16", "a = x.astype('>i2')")]
    [InlineData("big-endian float32", "a = (x / 255).astype('>f4')")]
    [InlineData("big-endian float64", "a = (x / 255).astype('>f8')")]
    [InlineData("bool", "a = x > 99; e = a * 255")]
    [InlineData("uint8 of 0 and 1", "a = (x > 99).astype('uint8'); e = a * 255")]
    [InlineData("levels of 0..16", "a = (x // 16).astype('float64'); a[0, 5, 5] = 16; e = np.rint(a * (255 / 16))")]
    public void Open_ArrayOfNumpy_HasItsPixels(string what, string code)
    {
        using var folder = new TemporaryFolder();
        byte[] expected = Run(folder, code);
        ImageSet set = ImageSource.Open(folder["a.npy"], Split.All);
        Assert.Equal(expected.Length, set.Pixels.Length);
        int other = Enumerable.Range(0, expected.Length).FirstOrDefault(i => expected[i] != set.Pixels[i], -1);
        Assert.True(other < 0, $"{what}: pixel {other} should be {(other < 0 ? 0 : expected[other])}, was "
            + $"{(other < 0 ? 0 : set.Pixels[other])}");
        // A file that cannot be read anywhere, and the same in an archive of arrays.
        Assert.Equal(expected, ImageSource.Open("-", Split.All,
            new() { StandardInput = new MemoryStream(Samples.Gzip(File.ReadAllBytes(folder["a.npy"]))) }).Pixels);
    }

    [Theory]
    [InlineData("a = x - 128.0", "undo the normalisation so that background is 0")]
    [InlineData("a = x * 100.0", "divide the array by its largest value, or save all images as 0..255")]
    [InlineData("a = x / 200", "divide the array by its largest value, or save all images as 0..255")]
    public void Open_ArrayOfAnotherScale_IsRefusedWithAdvice(string code, string advice)
    {
        using var folder = new TemporaryFolder();
        Run(folder, code);
        Assert.EndsWith($"{advice}.", Assert.Throws<InvalidDataException>(() => ImageSource.Open(folder["a.npy"], Split.All)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Open_BytesOfZeroAndOne_SaysThatTheyAreMultiplied()
    {
        using var folder = new TemporaryFolder();
        Run(folder, "a = (x > 99).astype('uint8')");
        Assert.Equal(["the largest value in 3 images is 1: values are read as 0..1 and multiplied by 255"],
            ImageSource.Open(folder["a.npy"], Split.All).Remarks);
    }

    byte[] Run(TemporaryFolder folder, string code)
    {
        python.Run($"{Start} e = x; {code}; np.save('{folder["a.npy"]}', a); "
            + $"np.asarray(e).astype('uint8').tofile('{folder["expected"]}')");
        return File.ReadAllBytes(folder["expected"]);
    }

    /// <summary>One process for all arrays: starting it and importing NumPy takes longer than they do.</summary>
    public sealed class Interpreter : IDisposable
    {
        const string Python = "/usr/bin/python3", NoNumpy = "no NumPy";

        readonly Process? process;
        readonly string? refusal;

        /// <summary>Starts Python, where there is one, and imports NumPy.</summary>
        public Interpreter()
        {
            if (!File.Exists(Python))
            {
                refusal = $"{Python} is not installed";
                return;
            }
            // Each line is a script; the answer is its error, or an empty line.
            const string loop = $$"""
                import sys, traceback
                try:
                    import numpy
                except ImportError:
                    print("{{NoNumpy}}", flush=True)
                    sys.exit()
                print(flush=True)
                for line in sys.stdin:
                    try:
                        exec(line, {})
                        print(flush=True)
                    except Exception:
                        print(repr(traceback.format_exc()), flush=True)
                """;
            process = Process.Start(new ProcessStartInfo(Python, ["-c", loop])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            refusal = process.StandardOutput.ReadLine() == NoNumpy ? "NumPy (Debian's python3-numpy) is not installed" : null;
        }

        /// <summary>Runs a script of one line; the test is skipped where there is no NumPy.</summary>
        public void Run(string script)
        {
            Assert.SkipWhen(refusal is not null, refusal ?? "");
            process!.StandardInput.WriteLine(script);
            process.StandardInput.Flush();
            Assert.Equal("", process.StandardOutput.ReadLine());
        }

        /// <summary>Ends Python.</summary>
        public void Dispose()
        {
            process?.StandardInput.Close();
            process?.WaitForExit();
            process?.Dispose();
        }
    }
}
