namespace Toolchain.Inference;

/// <summary>A trial that a stranger's model must pass before it runs in this process.</summary>
public interface IModelTrial
{
    /// <summary>Makes sure that a model ends, and within bounds.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidModelException">It does not load, does not run, or breaks a bound.</exception>
    /// <exception cref="OutOfResourcesException">The machine has no memory, handles or processor time left for the trial.</exception>
    void Require(string path);

    /// <summary>The same of a model that was read already.</summary>
    internal void Require(ModelBytes model);
}
