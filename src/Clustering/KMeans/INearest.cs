namespace Toolchain.Clustering.KMeans;

/// <summary>Finds the nearest centres of some rows at a time: the least |c|^2 - 2xc, of equal ones the first.</summary>
interface INearest
{
    /// <summary>Rows of a search.</summary>
    int Height { get; }

    /// <summary>Finds the nearest centres.</summary>
    /// <param name="rows">Rows [<see cref="Height"/>,D].</param>
    /// <param name="found">Gets them, of the first rows.</param>
    void Search(ReadOnlySpan<float> rows, Span<int> found);
}
