#:package Toolchain.Export@0.1.0
#:package libtorch-cpu-linux-x64@2.10.0
#:property PublishAot=false
using Toolchain.Export;
using Toolchain.Export.Tracing;
using TorchSharp.Modules;
using static TorchSharp.torch;

using var net = new Residual();
net.eval();
TracedModel traced = OnnxExport.Trace(net, rand(2, 3, 8, 8), new OnnxExportOptions
{
    Inputs = [new("image", Axis.Named("N"), 3, 8, 8)],
    Outputs = ["score"],
});
ExportReport report = traced.Save("residual.onnx");
Console.WriteLine($"{report.Bytes} bytes, opset {report.Opset}, proven at batches {string.Join(", ", report.Sizes)}, "
    + $"off by at most {report.Errors.Max(error => error.MaxAbsolute):g1}");

sealed class Residual : nn.Module<Tensor, Tensor>
{
    readonly Conv2d conv = nn.Conv2d(3, 3, 3, padding: 1);
    readonly Linear head = nn.Linear(3, 10);
    public Residual() : base(nameof(Residual)) => RegisterComponents();
    public override Tensor forward(Tensor image) => head.call((image + conv.call(image).relu()).mean([2, 3]));
}
