using System.CommandLine;
using System.CommandLine.Parsing;
using Toolchain.Commands;
using Toolchain.Deploy.Pictures;

namespace Toolchain.Deploy.Verbs;

/// <summary>The part of <c>uvl export</c> that needs no libtorch: <c>uvl export MODEL --from-picture --out FILE</c>.</summary>
public sealed class PictureExport
{
    /// <summary>The option that asks for it.</summary>
    public const string Name = "--from-picture";

    /// <summary>Whether it is asked for.</summary>
    public Option<bool> FromPicture { get; } = new(Name)
    {
        Description = "RUN is a finished model or its folder: put the fit of pictures in front. The input becomes picture, uint8 "
            + "[N,H,W,C] of any H and W; outputs are the model's, class and fitted. Needs --out."
    };

    /// <summary>Channels of the pictures.</summary>
    public Option<int> Channels { get; } = new("--picture-channels")
    {
        Description = "With --from-picture: C of the pictures: 1 (gray), 3 (RGB) or 4 (RGBA, as a canvas gives).",
        DefaultValueFactory = _ => 3,
        Validators = { RequireChannels }
    };

    /// <summary>The command of a tool without libtorch, which has this part alone.</summary>
    /// <param name="description">What its help says.</param>
    public static Command Create(string description)
    {
        var part = new PictureExport();
        var model = new Argument<string?>("RUN") { Description = "A model or its folder.", Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string?>("--out") { Description = "Output file." };
        var command = new Command("export", description) { model, output, part.FromPicture, part.Channels };
        command.SetAction(parsed => part.Run(parsed, parsed.GetValue(model), parsed.GetValue(output)));
        return command;
    }

    /// <summary>Does it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model that it names.</param>
    /// <param name="output">The file that it names.</param>
    /// <exception cref="ArgumentException">One of the two is missing.</exception>
    public void Run(ParseResult parsed, string? model, string? output)
    {
        string source = model ?? throw new ArgumentException($"{Name}: expected a model, found none.");
        string target = output ?? throw new ArgumentException($"{Name}: expected --out, found none.");
        Endings.Require(target, ".onnx");
        PictureModel.Write(new Terminal(parsed), source, target, parsed.GetValue(Channels));
    }

    static void RequireChannels(OptionResult channels)
    {
        if (channels.Tokens is [{ Value: string given }] && given is not ("1" or "3" or "4"))
        {
            channels.AddError($"--picture-channels '{given}': expected 1, 3 or 4.");
        }
    }
}
