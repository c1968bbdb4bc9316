using Toolchain.Train.Models.Capsules;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models.Capsules;

public sealed class PartMixtureTests
{
    const double unexplained = 0.01 * 0.01; // weight and density of "none of the objects"

    // One object, one part, everything at 0 but the first number, one deviation of 2 away from its vote; presences sigmoid(0) * sigmoid(0).
    [Fact]
    public void Of_OneObjectOnePart_ByHand()
    {
        var votes = new ObjectVotes(Poses([0, 0, 0, 0, 0, 0]), full([1, 1, 1], 2.0), zeros(1, 1, 1), zeros(1, 1, 1), zeros(1, 1, 1, 6),
            zeros(1, 1, 1));
        PartMixture mixture = PartMixture.Of(votes, Poses([2, 0, 0, 0, 0, 0]));
        double component = 0.25 * Math.Exp(-0.5) / Math.Pow(2 * Math.Sqrt(2 * Math.PI), 6);
        Assert.Equal(Math.Log(component + unexplained), mixture.LogLikelihood.ToSingle(), 1e-5);
        Assert.Equal(component / (component + unexplained), mixture.Posterior.ToSingle(), 1e-6);
    }

    // The product over parts of sums over objects is the sum over all ways to give each part an object, or none.
    [Fact]
    public void Of_TwoObjectsThreeParts_EqualsTheEnumerationOfAssignments()
    {
        const int objects = 2, parts = 3;
        (ObjectVotes votes, AffinePose pose) = Draw(objects, parts, 3);
        double[,] component = Components(votes, pose, objects, parts);
        double total = 0;
        for (int assignment = 0; assignment < 27; assignment++) // base objects + 1
        {
            total += component[assignment % 3, 0] * component[assignment / 3 % 3, 1] * component[assignment / 9, 2];
        }
        Assert.Equal(Math.Log(total), PartMixture.Of(votes, pose).LogLikelihood.sum().ToSingle(), 1e-3);
    }

    [Fact]
    public void Of_RandomVotes_SharesPartsByTheirComponents()
    {
        const int objects = 4, parts = 5;
        (ObjectVotes votes, AffinePose pose) = Draw(objects, parts, 6);
        double[,] component = Components(votes, pose, objects, parts);
        Tensor posterior = PartMixture.Of(votes, pose).Posterior; // [O,1,P]
        for (int part = 0; part < parts; part++)
        {
            double sum = Enumerable.Range(0, objects + 1).Sum(k => component[k, part]);
            Assert.All(Enumerable.Range(0, objects), k => Assert.Equal(component[k, part] / sum, posterior[k, 0, part].ToSingle(), 1e-4));
        }
    }

    [Fact]
    public void Of_OverOneNumberOfThePose_IntegratesToTheDensityOfTheOthers()
    {
        // surely there
        var votes = new ObjectVotes(Poses([0.3f, 0, 0, 0, 0, 0]), full([1, 1, 1], 0.5), full([1, 1, 1], 50.0), full([1, 1, 1], 50.0),
            zeros(1, 1, 1, 6), zeros(1, 1, 1));
        double integral = 0;
        for (double x = -4; x < 5; x += 0.05)
        {
            integral += 0.05 * (Math.Exp(PartMixture.Of(votes, Poses([(float)x, 0, 0, 0, 0, 0])).LogLikelihood.ToSingle()) - unexplained);
        }
        Assert.Equal(Math.Pow(0.5 * Math.Sqrt(2 * Math.PI), -5), integral, 1e-4);
    }

    static AffinePose Poses(float[] numbers) => AffinePose.FromStack(tensor(numbers, [1, 1, 6]));

    static (ObjectVotes Votes, AffinePose Pose) Draw(int objects, int parts, int seed)
    {
        manual_seed(seed);
        AffinePose vote = AffinePose.FromNumbers(randn(objects, 1, parts, 6).unbind(-1)),
            pose = AffinePose.FromNumbers(randn(1, parts, 6).unbind(-1));
        return (new ObjectVotes(vote, rand(objects, 1, parts) + 0.3, randn(objects, 1, 1), randn(objects, 1, parts),
            zeros(objects, 1, parts, 6), zeros(objects, 1, 1)), pose);
    }

    // Weight times density of each object at each part, "none" last.
    static double[,] Components(ObjectVotes votes, AffinePose pose, int objects, int parts)
    {
        Tensor vote = votes.Vote.Stack(), seen = pose.Stack(); // [O,1,P,6], [1,P,6]
        var component = new double[objects + 1, parts];
        for (int part = 0; part < parts; part++)
        {
            for (int k = 0; k < objects; k++)
            {
                double scale = votes.Scale[k, 0, part].ToSingle(), density = 1;
                for (int i = 0; i < 6; i++)
                {
                    double distance = (seen[0, part, i].ToSingle() - vote[k, 0, part, i].ToSingle()) / scale;
                    density *= Math.Exp(-distance * distance / 2) / (scale * Math.Sqrt(2 * Math.PI));
                }
                component[k, part] =
                    density / (1 + Math.Exp(-votes.CapsuleLogit[k, 0, 0].ToSingle())) / (1
                    + Math.Exp(-votes.VoteLogit[k, 0, part].ToSingle()));
            }
            component[objects, part] = unexplained;
        }
        return component;
    }
}
