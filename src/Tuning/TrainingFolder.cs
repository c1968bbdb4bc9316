using System.Text;
using Toolchain.Data;
using Toolchain.Data.Tensors;
using Toolchain.Evaluate.Probe;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Graph.Training;

namespace Toolchain.Tuning;

/// <summary>An encoder's training for other runtimes: a step as a model, the state before the first, and how to run it.</summary>
public static class TrainingFolder
{
    const int QueueLength = 512;

    /// <summary>Writes <c>training.onnx</c>, <c>start.safetensors</c> and <c>README.md</c> for an encoder's tuning.</summary>
    /// <param name="encoder">A float32 model with an output "embedding" [N,D].</param>
    /// <param name="classCount">Classes to tell apart by labels; null for momentum contrast without labels.</param>
    /// <param name="folder">Made where it is missing.</param>
    /// <exception cref="GraphException">The encoder has no embedding, or an operator without a gradient.</exception>
    public static void Write(OnnxModel encoder, int? classCount, string folder)
    {
        long width = encoder.Outputs.FirstOrDefault(output => output.Name == "embedding")?.Shape[^1].Size
            ?? throw new GraphException($"model '{encoder.Name}' has no output 'embedding' with a known number of columns.");
        if (classCount is int count)
        {
            Write(LabelTuning.Training(encoder, new LinearClassifier(new double[count, width], new double[count])),
                new("the cross-entropy of a linear classifier behind the encoder; both learn, by AdamW", "0.001", Back), folder);
        }
        else
        {
            Write(ContrastTuning.Training(encoder, QueueLength),
                new("momentum contrast of two random views of each image, by SGD with momentum", "0.001", Queue + Back), folder);
        }
    }

    /// <summary>The same for any training.</summary>
    /// <param name="training">Its state is written as the start.</param>
    /// <param name="words">What the README says of it.</param>
    /// <param name="folder">Made where it is missing.</param>
    public static void Write(TrainingGraph training, TrainingWords words, string folder)
    {
        Directory.CreateDirectory(folder);
        SafeTensors.Write(Path.Combine(folder, "start.safetensors"),
            [.. training.Start.Select(pair => (pair.Key, TuneState.Entry(pair.Value)))]);
        AtomicFile.WriteAll(
        [
            (Path.Combine(folder, "training.onnx"), stream => stream.Write(training.Step.ToBytes())),
            (Path.Combine(folder, "README.md"), stream => stream.Write(Encoding.UTF8.GetBytes(Text(training, words)))),
        ]);
    }

    static string Text(TrainingGraph training, TrainingWords words)
    {
        OnnxModel step = training.Step;
        Value[] data = [.. step.Inputs.Where(input => !training.Start.ContainsKey(input.Name))];
        string rows = string.Concat(data.Select(input => $"| `{input.Name}` | {input.Type} | {Meaning(input.Name)} |\n"));
        string names = string.Join(", ", data.Select(input => input.Name).Where(name => name != TrainingGraph.Rate));
        return $"""
            # A step of training as one ONNX model

            `training.onnx` makes one step of {words.Loss}.
            It holds standard operators of opset {step.Opset} alone, so that any ONNX runtime trains with it.

            | input | type | what |
            |---|---|---|
            {rows.TrimEnd()}
            | the state, {training.Start.Count} tensors | | those of `start.safetensors` before the first step |

            | output | what |
            |---|---|
            | `{training.Loss}` | the loss before the step |
            | `next.` and the name of a state | that state after the step: feed it to the next one |

            In Python:
            ```python
            import math, numpy, onnxruntime, safetensors.numpy
            step = onnxruntime.InferenceSession("training.onnx")
            state = safetensors.numpy.load_file("start.safetensors")
            names = ["{training.Loss}"] + ["next." + name for name in state]
            for batch in batches:  # {names} by name
                made = int(state["{TrainingGraph.StepCount}"])
                rate = numpy.float32({words.Rate})
                loss, *after = step.run(names, batch | state | dict({TrainingGraph.Rate}=rate))
                state = dict(zip(state, after))
            ```
            {words.Notes}

            """;
    }

    // A step puts its keys into the queue; at rate 0 it changes no weight, but the optimizer's moments.
    const string Queue = """
        `queue` begins as zeros. Before the first step, run some on your images at a learning rate of 0 until it is full, and keep `queue`
        alone of the state after them; from zeros the first steps would learn to part from nothing.


        """;

    const string Back = """
        `safetensors.numpy.save_file(state, "state.safetensors")` keeps the state, to go on from later. The weights have the encoder's
        names: put them in its file in place of the old ones when you are done, or, where the encoder is a run's, take them back by `uvl
        export RUN --weights state.safetensors --out FOLDER`.
        """;

    static string Meaning(string input) => input switch
    {
        TrainingGraph.Rate => "how far a step goes",
        MomentumContrast.FirstView => "a random view of each image, pixels in [0,1]",
        MomentumContrast.SecondView => "another view of the same images",
        "target" => "the class of each image",
        _ => "images, pixels in [0,1]",
    };
}
