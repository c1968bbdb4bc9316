using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.InfoGan;

/// <summary>
/// How the weights start (Radford et al. 2016, "Unsupervised Representation Learning with Deep Convolutional GANs", section 4).
/// </summary>
static class Initialisation
{
    /// <summary>Matrices and kernels normal with deviation .02; vectors as their layers made them.</summary>
    public static void Apply(nn.Module module)
    {
        foreach (Parameter weight in module.parameters().Where(parameter => parameter.dim() > 1))
        {
            nn.init.normal_(weight, 0, 0.02);
        }
    }
}
