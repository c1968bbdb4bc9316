namespace Toolchain.Clustering.Mixture;

/// <summary>How well a mixture explains rows for its number of parameters; of two mixtures of the same rows the lower is better.</summary>
/// <param name="Bayesian">p log N - 2 log L (Schwarz 1978): p parameters, N rows, likelihood L; nats.</param>
/// <param name="Akaike">2 p - 2 log L (Akaike 1974); nats.</param>
public readonly record struct InformationCriteria(double Bayesian, double Akaike);
