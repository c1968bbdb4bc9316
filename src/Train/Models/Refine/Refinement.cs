using Toolchain.Data;
using Toolchain.Train.Features;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Refine;

/// <summary>
/// All state of the refinement: the heads on the given encoder, the net that learns, and the present label of every training image.
/// </summary>
sealed class Refinement : nn.Module
{
    readonly Linear heads;
    readonly ClusterNet net;
    readonly SelfLabels labels;
    readonly JointTeacher? teacher;

    /// <summary>A fresh net; labels come later.</summary>
    /// <param name="options">Shapes.</param>
    /// <param name="data">The training images.</param>
    /// <param name="embeddingSize">Numbers per embedding of the given encoder.</param>
    /// <param name="createTeacher">Makes what names the views; null where labels are those of the images.</param>
    public Refinement(RefineOptions options, ImageSet data, long embeddingSize, Func<JointTeacher>? createTeacher)
        : base(nameof(Refinement))
    {
        heads = nn.Linear(embeddingSize, options.HeadCount * options.ClusterCount);
        net = new ClusterNet(options, data.Shape);
        labels = new SelfLabels(data.Count, options.ClusterCount, options.Ensembling > 0);
        teacher = createTeacher?.Invoke();
        RegisterComponents();
    }

    /// <summary>Linear heads on the given encoder's embeddings.</summary>
    public Linear Heads => heads;

    /// <summary>The net that learns from the labels; what is exported.</summary>
    public ClusterNet Net => net;

    /// <summary>What the net learns.</summary>
    public SelfLabels Labels => labels;

    /// <summary>What names the views; null where labels are those of the images.</summary>
    public JointTeacher? Teacher => teacher;
}
