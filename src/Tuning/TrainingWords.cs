namespace Toolchain.Tuning;

/// <summary>What the README of a training says.</summary>
/// <param name="Loss">What a step makes smaller, and by which optimizer.</param>
/// <param name="Rate">The learning rate after <c>made</c> steps as an expression in Python.</param>
/// <param name="Notes">What else to know, such as how the state goes back.</param>
public sealed record TrainingWords(string Loss, string Rate, string Notes);
