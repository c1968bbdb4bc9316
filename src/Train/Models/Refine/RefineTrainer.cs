using Toolchain.Train.Augmentations;
using Toolchain.Train.Core;
using Toolchain.Train.Features;
using Toolchain.Train.Losses;
using Toolchain.Views;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Refine;

/// <summary>
/// Self-labelling: clusters of a given encoder's embeddings are the pseudo-labels of a fresh network, which learns from the confident ones
/// under strong views and, where asked, from all by mutual information; clusters of its own embeddings are those of the next round.
/// </summary>
sealed class RefineTrainer : IGradientTrainer
{
    readonly RefineOptions options;
    readonly GradientJob job;
    readonly Lazy<ITrainedEncoder[]> sources;
    readonly Refinement model;
    readonly AdamW headOptimizer, netOptimizer;
    readonly ViewDrawer views;

    /// <summary>A fresh net for <paramref name="job"/>.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="job">Images, seed and device.</param>
    /// <param name="open">Opens the encoder of a run from its folder.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidDataException">The run to start from is not there.</exception>
    public RefineTrainer(RefineOptions options, GradientJob job, Func<string, GradientJob, ITrainedEncoder> open)
    {
        options.Check();
        (this.options, this.job) = (options, job);
        sources = new(() => [.. options.SourceRuns.Select(folder => open(folder, job))]);
        long embeddingSize = options.HeadSteps > 0 ? Source.Embed(job.Images([0])).shape[1] : 1;
        long jointSize = options.Distillation ? sources.Value.Sum(source => source.Embed(job.Images([0])).shape[1]) : 0;
        manual_seed(job.Seed);
        model = new Refinement(options, job.Data, embeddingSize,
            options.Distillation ? () => new JointTeacher(sources, jointSize, options.ClusterCount) : null);
        model.to(job.Device);
        headOptimizer = optim.AdamW(model.Heads.parameters(), options.LearningRate, weight_decay: options.WeightDecay);
        netOptimizer = optim.AdamW(model.Net.parameters(), options.LearningRate, weight_decay: options.WeightDecay);
        views = new ViewDrawer(options.Augmentation, job, viewCount: 2, options.Views.AreOfObjects(job.Data));
    }

    /// <inheritdoc/>
    public nn.Module Module => model;

    /// <inheritdoc/>
    public IReadOnlyList<OptimizerHelper> Optimizers => [headOptimizer, netOptimizer];

    /// <inheritdoc/>
    public nn.Module Encoder => model.Net;

    /// <inheritdoc/>
    public IReadOnlyList<string> Outputs => ["embedding", "probability", "cluster"];

    /// <inheritdoc/>
    public Tensor Embed(Tensor images) => model.Net.call(images).Embedding;

    /// <inheritdoc/>
    public IReadOnlyList<Loss> Step(Batch batch)
    {
        int since = batch.Step - options.HeadSteps;
        if (since >= 0 && since % options.RoundSteps == 0 && since / options.RoundSteps < options.Rounds)
        {
            Relabel(isFirst: since == 0);
        }
        Tensor[] view = views.Draw(batch); // two of [N,C,H,W]
        Loss[] losses = batch.Step < options.HeadSteps ? LearnHeads(view) : LearnNet(view, batch);
        if (batch.Step == options.StepCount - 1 && options.FinalClusters)
        {
            FitHead();
        }
        return losses;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        views.Dispose();
        headOptimizer.Dispose();
        netOptimizer.Dispose();
        model.Dispose();
        if (sources.IsValueCreated)
        {
            Array.ForEach(sources.Value, source => source.Dispose());
        }
    }

    Loss[] LearnHeads(Tensor[] view)
    {
        Tensor[] probability = [.. view.Select(images => HeadProbabilities(Source.Embed(images)))]; // two of [N,H,K]
        Tensor loss =
            stack(Enumerable.Range(0, options.HeadCount)
            .Select(head => MutualInformationLoss.Compute(probability[0].select(1, head), probability[1].select(1, head)))).mean();
        headOptimizer.zero_grad();
        loss.backward();
        headOptimizer.step();
        return [new Loss("loss", loss.ToSingle())];
    }

    Loss[] LearnNet(Tensor[] view, Batch batch)
    {
        Tensor samples = tensor([.. batch.Samples.Select(sample => (long)sample)], device: job.Device);
        (Tensor label, Tensor confident) = model.Labels.Of(samples); // [N,K], [N]
        // Both views in one batch: the normalisation sees the same statistics for both.
        Tensor both = cat(view); // [2N,C,H,W]
        Tensor target = model.Teacher?.Name(both) ?? cat([label, label]); // [2N,K]
        Tensor logits = model.Net.Logits(both).Logits; // [2N,K]
        Tensor misses = RobustCrossEntropy.Compute(logits, target, ExponentAt(batch.Step)); // [2N]
        Tensor labels = (misses * cat([confident, confident])).sum() / (2 * confident.sum()).clamp_min(1);
        Tensor[] probability = logits.softmax(1).chunk(2); // two of [N,K]
        Tensor information = MutualInformationLoss.Compute(probability[0], probability[1]);
        Tensor loss = labels + options.MutualInformation * information;
        netOptimizer.zero_grad();
        loss.backward();
        netOptimizer.step();
        model.Labels.Remember(samples, (probability[0] + probability[1]) / 2, options.Ensembling);
        Tensor agreement = probability[0].argmax(1).eq(probability[1].argmax(1)).to(ScalarType.Float32).mean();
        return [new Loss("loss", loss.ToSingle()), new Loss("labels", labels.ToSingle()), new Loss("information", information.ToSingle()),
            new Loss("agreement", agreement.ToSingle())];
    }

    ITrainedEncoder Source => sources.Value[0];

    // The first quarter of a round takes the plain cross-entropy: the generalised one learns too slowly from a fresh net.
    double ExponentAt(int step) => (step - options.HeadSteps) % options.RoundSteps < options.RoundSteps / 4 ? 0 : options.Robustness;

    // [N,H,K]
    Tensor HeadProbabilities(Tensor embedding) => model.Heads.call(embedding).view(-1, options.HeadCount, options.ClusterCount).softmax(2);

    // The head of the highest mutual information between an image and itself: confident and even clusters.
    Tensor HeadLabels()
    {
        Tensor all = Predict(images => HeadProbabilities(Source.Embed(images))); // [N,H,K]
        int best = Enumerable.Range(0, options.HeadCount)
            .MinBy(head => MutualInformationLoss.Compute(all.select(1, head), all.select(1, head)).ToSingle());
        return all.select(1, best); // [N,K]
    }

    void Relabel(bool isFirst)
    {
        if (model.Teacher is JointTeacher teacher)
        {
            using Tensor embeddings = teacher.EmbedAll(); // [N,D]
            Tensor joint = ClusterLabels.Of(embeddings, options.ClusterCount, job, options.Balanced).to(job.Device); // [N,K]
            teacher.Fit(embeddings.to(job.Device), joint.argmax(1));
            model.Labels.Relabel([joint]);
            return;
        }
        if (isFirst && sources.Value.Length > 1)
        {
            model.Labels.Relabel(SourceLabels());
            return;
        }
        Tensor labels = !isFirst ? OwnLabels(Predict(Embed)) : options.HeadSteps > 0 ? HeadLabels() : ClustersOf(Source);
        model.Labels.Relabel(labels.to(job.Device), options.ConfidentShare);
    }

    // Of each source [N,K], all numbered as the first one's.
    Tensor[] SourceLabels()
    {
        Tensor[] labels = [.. sources.Value.Select(ClustersOf)];
        return [.. labels.Select(each => each.index_select(1, ClusterLabels.Order(each, labels[0])).to(job.Device))];
    }

    Tensor ClustersOf(ITrainedEncoder encoder)
    {
        using Tensor embeddings = encoder.EmbedAll(); // [N,D]
        return ClusterLabels.Of(embeddings, options.ClusterCount, job, options.Balanced);
    }

    // Clusters of the net's own embeddings [N,64], numbered as its head has them.
    Tensor OwnLabels(Tensor embeddings)
    {
        Tensor labels = ClusterLabels.Of(embeddings, options.ClusterCount, job, options.Balanced);
        return labels.index_select(1, ClusterLabels.Order(labels, model.Labels.Target.cpu()));
    }

    // The head says what the clusters of the embeddings say, as a last round would start from them.
    void FitHead()
    {
        using Tensor embeddings = Predict(Embed), labels = OwnLabels(embeddings); // [N,64], [N,K]
        model.Net.FitHead(embeddings.to(job.Device), labels.argmax(1).to(job.Device));
    }

    Tensor Predict(Func<Tensor, Tensor> predict)
    {
        model.eval(); // the statistics of training, not those of the batch
        Tensor all = job.Predict(predict);
        model.train();
        return all;
    }
}
