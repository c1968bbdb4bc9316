namespace Toolchain.Deploy.Runtimes;

/// <summary>A runtime that is not on this machine, or lacks operators of the model.</summary>
/// <param name="reason">Why.</param>
/// <param name="version">Its version, where it is there.</param>
sealed class RuntimeAbsentException(string reason, string? version = null) : Exception(reason)
{
    /// <summary>Its version; null where it was not found.</summary>
    public string? Version => version;
}
