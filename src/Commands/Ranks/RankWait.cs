namespace Toolchain.Commands.Ranks;

/// <summary>How a rank waits for others.</summary>
/// <param name="Longest">Without a sign of life.</param>
/// <param name="Tell">Told the number and the name of each step.</param>
/// <param name="Note">Told whom it waits for.</param>
/// <param name="Cancellation">Ends the wait.</param>
sealed record RankWait(TimeSpan Longest, Action<int, string> Tell, Action<string> Note, CancellationToken Cancellation);
