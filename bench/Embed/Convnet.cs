using Toolchain.Export;
using Toolchain.Export.Tracing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.EmbedBench;

/// <summary>The poster's small convnet with random weights: what every contender runs.</summary>
sealed class Convnet : nn.Module<Tensor, Tensor>
{
    readonly Conv2d conv1, conv2;
    readonly Linear fc;

    public Convnet() : base(nameof(Convnet))
    {
        conv1 = nn.Conv2d(1, 32, 5, stride: 2, padding: 2);
        conv2 = nn.Conv2d(32, 64, 3, padding: 1);
        fc = nn.Linear(64 * 7 * 7, 64);
        RegisterComponents();
    }

    public override Tensor forward(Tensor image)
    {
        Tensor x = nn.functional.relu(conv1.call(image)); // [N,32,14,14]
        x = nn.functional.relu(conv2.call(x)); // [N,64,14,14]
        x = nn.functional.max_pool2d(x, 2); // [N,64,7,7]
        x = fc.call(x.flatten(1)); // [N,64]
        return x / x.norm(1, keepdim: true, 2);
    }

    public void Export(string path)
    {
        eval();
        _ = OnnxExport.Trace(this, rand(2, 1, 28, 28),
            new OnnxExportOptions { Inputs = [new("image", Axis.Named("N"), 1, 28, 28)], Outputs = ["embedding"] }).Save(path);
    }
}
