using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Train.Models;
using Toolchain.Train.Running;

namespace Toolchain.Train.Methods;

/// <summary>What a fit found.</summary>
/// <param name="Graph">From <c>image</c> to the outputs, complete but for metadata.</param>
/// <param name="Labels">The engine's own label of each training image, to which the graph must agree.</param>
/// <param name="Passes">Passes over the data.</param>
/// <param name="Summary">Inertia or likelihood, as a line for a person.</param>
/// <param name="Centres">A PNG of what the clusters have in their middle.</param>
public sealed record FittedModel(GraphBuilder Graph, int[] Labels, int Passes, string Summary, byte[] Centres);

/// <summary>A method that is fitted as a whole and exported by building its graph.</summary>
sealed record FitMethod<TOptions>(string Name, string Summary, TOptions Options, Func<TOptions, TrainingRequest, FittedModel> Fit)
    : Method(Name, Summary, Options) where TOptions : MethodOptions
{
    public override TrainedModel Train(RunFolder run, TrainingRequest request)
    {
        request.Options.Check();
        FittedModel fitted = Fit((TOptions)request.Options, request);
        AtomicFile.Write(run.CentrePicture, stream => stream.Write(fitted.Centres));
        OnnxModel model = fitted.Graph.Build(Provenance.Of(Name, request));
        return new TrainedModel(model, LabelParity.Check(model, fitted.Labels, request), fitted.Passes, true, fitted.Summary);
    }

    // A fit is its model: there is no other state to export from.
    public override TrainedModel Export(RunFolder run, TrainingRequest request, int opset)
    {
        if (request.Half)
        {
            throw new ArgumentException($"--half is for trained nets; {Name} computes in float64, so that its labels do not depend on "
                + $"rounding.");
        }
        var model = File.Exists(run.Model) ? OnnxModel.Load(run.Model)
            : throw new InvalidDataException($"'{run.Path}': expected model.onnx, found none; train the run first.");
        if (model.Metadata.GetValueOrDefault("uvl.method") != Name)
        {
            throw new InvalidDataException($"'{run.Model}': expected a model of {Name}, found one of "
                + $"{model.Metadata.GetValueOrDefault("uvl.method", "unknown origin")}; train the run again.");
        }
        return model.Opset == opset
            ? new TrainedModel(model, LabelParity.Check(model, request), 0, true, "")
            : throw new ArgumentException($"--opset '{opset}': expected {model.Opset}, with which {Name} builds its graph; leave it out.");
    }
}
