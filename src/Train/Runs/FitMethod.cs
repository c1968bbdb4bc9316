using Toolchain.Clustering.Fitting;
using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Train.Core;

namespace Toolchain.Train.Runs;

/// <summary>A method that is fitted as a whole and exported by building its graph.</summary>
sealed record FitMethod<TOptions>(string Name, string Summary, TOptions Options, Func<TOptions, FitJob, FittedModel> Fit)
    : Method(Name, Summary, Options) where TOptions : MethodOptions
{
    internal override TrainedModel Train(RunFolder run, TrainingRequest request)
    {
        request.Options.Check();
        FittedModel fitted = Fit((TOptions)request.Options,
            new FitJob(request.Data, new ClustererFactory(request.Seed, request.Threads, request.Cancellation)));
        AtomicFile.Write(run.CentrePicture, stream => stream.Write(fitted.Centres));
        OnnxModel model = fitted.Graph.Build(Provenance.Of(Name, request));
        return new TrainedModel(model, LabelParity.Check(model, fitted.Labels, request), fitted.Iterations, true, fitted.Summary);
    }

    // A fit is its model: there is no other state to export from.
    internal override TrainedModel Export(RunFolder run, TrainingRequest request, int opset)
    {
        if (request.Half)
        {
            throw new ArgumentException($"--half is for trained nets; {Name} computes in float64, so that its labels do not "
                + "depend on rounding.");
        }
        var model = File.Exists(run.Model) ? OnnxFile.Load(run.Model)
            : throw new InvalidDataException($"'{run.Path}': expected model.onnx, found none; train the run first.");
        if (model.Metadata.GetValueOrDefault(ModelKeys.Method) != Name)
        {
            throw new InvalidDataException($"'{run.Model}': expected a model of {Name}, found one of "
                + $"{model.Metadata.GetValueOrDefault(ModelKeys.Method, "unknown origin")}; train the run again.");
        }
        return model.Opset == opset
            ? new TrainedModel(model, LabelParity.Check(model, request), 0, true, "")
            : throw new ArgumentException($"--opset '{opset}': expected {model.Opset}, with which {Name} builds its graph; leave it out.");
    }
}
