namespace Toolchain.Clustering.Neighbours;

/// <summary>How nearest neighbours are found.</summary>
public enum NeighbourMode
{
    /// <summary>Exact up to <see cref="NeighbourSearch.MostExactRows"/> rows, approximate above.</summary>
    Auto,

    /// <summary>All pairs are compared; time grows with the square of the rows.</summary>
    Exact,

    /// <summary>By <see cref="NeighbourIndex"/>; time grows with the rows.</summary>
    Approximate,
}
