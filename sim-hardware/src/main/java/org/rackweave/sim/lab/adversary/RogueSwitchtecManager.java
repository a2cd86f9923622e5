package org.rackweave.sim.lab.adversary;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.rackweave.hal.HalException;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.switchtec.EthernetLink;
import org.rackweave.hal.switchtec.SwitchtecClient;
import org.rackweave.hal.switchtec.wire.LogicalPlace;
import org.rackweave.hal.switchtec.wire.MrpcAnswer.BindResult;
import org.rackweave.hal.switchtec.wire.MrpcAnswer.PortBind;
import org.rackweave.hal.switchtec.wire.MrpcCommand;
import org.rackweave.sim.lab.LabFailure;

/** A second fabric manager of a Switchtec. */
final class RogueSwitchtecManager implements RogueManager {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** A bind has been seen to take 15 s. */
    private static final long MOST_BIND_MILLIS = 20_000;

    private static final long BETWEEN_READINGS_MILLIS = 20;

    private final EthernetLink link;
    private final SwitchtecClient client;

    private RogueSwitchtecManager(EthernetLink link) {
        this.link = link;
        this.client = new SwitchtecClient(link);
    }

    static RogueSwitchtecManager at(InetSocketAddress address) throws LabFailure {
        try {
            return new RogueSwitchtecManager(EthernetLink.open(address, 0, TIMEOUT));
        } catch (HalException failed) {
            throw new LabFailure(String.valueOf(failed.getMessage()), failed);
        }
    }

    @Override
    public Optional<String> strike(RandomGenerator random) throws LabFailure {
        try {
            List<PortBind> binds = settled();
            if (binds.isEmpty()) {
                return Optional.empty();
            }
            List<PortBind> bound =
                    binds.stream().filter(bind -> bind.place().isPresent()).toList();
            PortBind victim = RogueManager.any(bound.isEmpty() ? binds : bound, random);
            String taken = victim.place().isPresent()
                    ? "took port " + victim.port().id() + " from "
                            + said(victim.place().get()) + " and "
                    : "";
            if (victim.place().isPresent()) {
                client.answerTo(new MrpcCommand.Unbind(victim.place().get()));
            }
            LogicalPlace to = free(settled(), another(victim, random));
            client.answerTo(new MrpcCommand.Bind(to, victim.port()));
            settled();
            return Optional.of(taken + "bound port " + victim.port().id() + " to " + said(to));
        } catch (HalException failed) {
            throw new LabFailure(String.valueOf(failed.getMessage()), failed);
        }
    }

    private int another(PortBind victim, RandomGenerator random) {
        List<Integer> others = IntStream.range(0, link.identity().partitionCount())
                .filter(partition ->
                        victim.place().isEmpty() || victim.place().get().partition() != partition)
                .boxed()
                .toList();
        return others.isEmpty() ? 0 : RogueManager.any(others, random);
    }

    private static LogicalPlace free(List<PortBind> binds, int partition) throws LabFailure {
        return IntStream.rangeClosed(1, LogicalPlace.MAX_LOGICAL_PORT)
                .mapToObj(logical -> new LogicalPlace(partition, logical))
                .filter(place -> binds.stream().noneMatch(bind -> bind.place().equals(Optional.of(place))))
                .findFirst()
                .orElseThrow(() -> new LabFailure("partition " + partition + " has no logical port left"));
    }

    /** The binds once none is under way. */
    private List<PortBind> settled() throws HalException, LabFailure {
        Deadline deadline = Deadline.inMillis(MOST_BIND_MILLIS);
        while (true) {
            List<PortBind> binds = client.answerTo(MrpcCommand.BindInfo.ALL).ports();
            if (binds.stream().noneMatch(bind -> bind.last() == BindResult.IN_PROGRESS)) {
                return binds;
            }
            if (deadline.leftMillis() == 0) {
                throw new LabFailure("a bind is still under way after " + MOST_BIND_MILLIS + " ms");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(BETWEEN_READINGS_MILLIS));
        }
    }

    private static String said(LogicalPlace place) {
        return "partition " + place.partition() + " logical port " + place.logicalPort();
    }

    @Override
    public void close() {
        link.close();
    }
}
