namespace Toolchain.Deploy.Runtimes;

/// <summary>A runtime of the table.</summary>
/// <param name="Key">What selects it on the command line.</param>
/// <param name="Name">What the table calls it.</param>
/// <param name="Family">Whose tolerances it has.</param>
/// <param name="Run">Runs the model; throws <see cref="RuntimeAbsentException"/> where it cannot.</param>
sealed record KnownRuntime(string Key, string Name, string Family, Func<CheckedModel, CancellationToken, RuntimeOutputs> Run);

/// <summary>The runtimes that are looked for, in the order of the table.</summary>
static class RuntimeList
{
    /// <summary>Makes the list.</summary>
    /// <param name="nodeModules">Folder of packages from npm; null where none is known.</param>
    public static IReadOnlyList<KnownRuntime> Of(string? nodeModules)
    {
        string[] pythons = [.. new[] { Environment.GetEnvironmentVariable("PYTHON"), "python3", "/usr/bin/python3" }.OfType<string>()];
        return
        [
            new("cpu", "ONNX Runtime, CPU", "onnxruntime", (model, _) => model.Reference),
            new("cuda", "ONNX Runtime, CUDA", "cuda", OwnRuntimes.Cuda),
            new("evaluator", "float64 evaluator", "evaluator", OwnRuntimes.Evaluated),
            new("node", "onnxruntime-node", "onnxruntime", Script(new("check_node.cjs", ["node"], ["-e", "require('onnxruntime-node')"],
                "onnxruntime-node in --node-modules (npm install onnxruntime-node)") { NodeModules = nodeModules })),
            new("web", "onnxruntime-web, Chromium", "onnxruntime-web", new BrowserRuntime(nodeModules).Run),
            new("python", "onnxruntime, Python", "onnxruntime", Script(new("check_onnxruntime.py", pythons,
                ["-c", "import onnxruntime, numpy"], "Python's onnxruntime (pip install onnxruntime)"))),
            new("opencv", "OpenCV DNN", "opencv", Script(new("check_opencv.py", pythons, ["-c", "import cv2, numpy"],
                "Python's cv2 (pip install opencv-python-headless)"))),
            new("reference", "onnx reference, Python", "reference", Script(new("check_reference.py", pythons,
                ["-c", "import onnx.reference, numpy"], "Python's onnx 1.13 or newer (pip install onnx)") { IsSlow = true })),
        ];

        static Func<CheckedModel, CancellationToken, RuntimeOutputs> Script(ScriptRuntime script) => script.Run;
    }

    /// <summary>Runs one.</summary>
    public static RuntimeRow Run(KnownRuntime runtime, CheckedModel model, CancellationToken cancellation)
    {
        try
        {
            return model.Judge(runtime.Name, runtime.Family, runtime.Run(model, cancellation));
        }
        catch (RuntimeAbsentException absent)
        {
            return RuntimeRow.Absent(runtime.Name, absent.Message, absent.Version);
        }
    }
}
