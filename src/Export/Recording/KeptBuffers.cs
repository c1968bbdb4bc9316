using TorchSharp;

namespace Toolchain.Export.Recording;

/// <summary>Restores the buffers of a module that its runs change.</summary>
sealed class KeptBuffers : IDisposable
{
    readonly (torch.Tensor Buffer, torch.Tensor Copy)[] kept;

    public KeptBuffers(torch.nn.Module module)
    {
        using var noGradients = torch.no_grad();
        kept = [.. new ModuleState(module).Modules
            .SelectMany(pair => ModuleState.BufferNames(pair.Module).Select(name => pair.Module.get_buffer(name)!))
            .Where(buffer => !buffer.IsInvalid)
            .Select(buffer => (buffer, buffer.clone().DetachFromDisposeScope()))];
    }

    /// <summary>Puts the elements back.</summary>
    public void Restore()
    {
        using var noGradients = torch.no_grad();
        foreach ((torch.Tensor buffer, torch.Tensor copy) in kept)
        {
            if (!buffer.IsInvalid && !buffer.Equals(copy))
            {
                buffer.copy_(copy);
            }
        }
    }

    /// <summary>Puts the elements back.</summary>
    public void Dispose()
    {
        Restore();
        foreach ((_, torch.Tensor copy) in kept)
        {
            copy.Dispose();
        }
    }
}
