package org.rackweave.daemon.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.hal.HalException;
import org.rackweave.hal.nativelinux.BootClock;
import org.rackweave.hal.nativelinux.Processors;
import org.rackweave.hal.settings.HostPort;
import org.rackweave.protocol.coap.Peer;
import org.rackweave.protocol.coap.Subscription;
import org.rackweave.protocol.coap.UnicastClient;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.HostOrder;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.OrderOutcome;
import org.tinylog.Logger;

/**
 * One running agent. Everything that it does is done by one thread, one thing after the other: an order and its outcome, a
 * report and its answer. So no report is older than an outcome that came before it.
 */
final class HostAgent implements AutoCloseable {
    /** A card that is busy with its ledger answers later; one that is dead is asked again at the next report. */
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private static final Path PROC = Path.of("/proc");

    /** How often it is looked whether VMs have let go, in milliseconds; nothing is looked at when nothing is to be let go of. */
    private static final long LOOK_MILLIS = 500;

    private final Host host;
    private final Windows windows = new Windows();
    private final LettingGo lettingGo;
    private final BootClock clock;
    private final UnicastClient client;
    private final Peer card;
    private final Subscription orders;
    private final ScheduledExecutorService thread;
    private final Future<?> reports;
    private final Future<?> looks;
    private Heard heard = Heard.NOTHING_YET;

    private enum Heard {
        NOTHING_YET,
        AN_ANSWER,
        A_REFUSAL
    }

    private HostAgent(AgentConfiguration configuration, Identity identity, Host host, BootClock clock)
            throws IOException {
        this.host = host;
        this.lettingGo = new LettingGo(host, new OpenFiles(PROC));
        this.clock = clock;
        this.client = UnicastClient.open(identity, InstantSource.system());
        // Only the card that the certificate names: orders of another would be a stranger's.
        this.card = new Peer(address(configuration.card()), identity.principal().agentOf());
        this.thread = Executors.newSingleThreadScheduledExecutor(runnable -> new Thread(runnable, "rackweave-agent"));
        this.reports =
                thread.scheduleWithFixedDelay(this::report, 0, configuration.reportMillis(), TimeUnit.MILLISECONDS);
        this.looks = thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        this.orders = client.observe(card, new Command.ReadOrders(), this::told);
    }

    /** Starts an agent. */
    static HostAgent start(AgentConfiguration configuration)
            throws IOException, IdentityException, HalException, ControlException {
        InstantSource wall = InstantSource.system();
        Identity identity = Identity.load(configuration.identityDir(), wall.instant());
        if (identity.principal().agentOf().isEmpty()) {
            throw new ControlException(
                    configuration.identityDir() + " is no identity of a host agent; make one with 'rackweave ca issue"
                            + " --role host-agent --agent-of ID'");
        }
        Processors processors = Processors.open();
        BitSet cpus = configuration.cpus().isEmpty() ? processors.allowed(0) : ProcFile.cpuList(configuration.cpus());
        Map<String, HostControl> controls = new HashMap<>();
        for (AgentConfiguration.Vm vm : configuration.vms()) {
            controls.put(vm.name(), control(vm.place(), processors));
        }
        Host host = new Host(cpus, configuration.memoryBytes(), configuration.vms(), controls);
        host.layOut();
        return new HostAgent(configuration, identity, host, BootClock.open());
    }

    private static HostControl control(AgentConfiguration.Place place, Processors processors) {
        return place instanceof AgentConfiguration.Place.InProcess process
                ? new AffinityControl(PROC, processors, process.pid())
                : new CgroupControl(((AgentConfiguration.Place.InCgroup) place).directory());
    }

    private static InetSocketAddress address(String card) throws IOException {
        HostPort place = HostPort.parse(card).orElseThrow(() -> new IOException("no address of a card: " + card));
        return new InetSocketAddress(InetAddress.getByName(place.host()), place.port());
    }

    // ---- to the card -----------------------------------------------------------------------------------------------

    private void report() {
        try {
            heard(send(new Command.ReportHost(host.report(clock.bootMillis(), windows.uses()))));
            if (heard == Heard.AN_ANSWER) {
                // For the next report, and for what is to be let go of: a card that dies then has said it before.
                Answer loans = send(new Command.ListLoans());
                if (loans instanceof Answer.Loans told) {
                    windows.borrowed(told.loans());
                } else {
                    windows.notTold();
                }
            }
        } catch (ControlException e) {
            Logger.warn("nothing is reported: {}", e.getMessage());
        } catch (RuntimeException e) {
            // The executor would forget this task without a word.
            Logger.error(e, "a report failed; the next one follows. Please report this trace");
        }
    }

    private void heard(Answer answer) {
        Heard now = answer instanceof Answer.Refused ? Heard.A_REFUSAL : Heard.AN_ANSWER;
        if (now != heard && answer instanceof Answer.Refused refused) {
            Logger.warn("{} refuses the report: {}; VMs stay as they are", card, refused.detail());
        } else if (now != heard) {
            Logger.info("{} has the report", card);
        }
        heard = now;
    }

    private Answer send(Command command) {
        return client.send(card, command, ANSWER).toCompletableFuture().join();
    }

    // ---- from the card ---------------------------------------------------------------------------------------------

    /** On a thread of the network, which must not wait. */
    private void told(Answer answer) {
        if (answer instanceof Answer.HostOrders told) {
            try {
                thread.execute(() -> carryOut(told.orders()));
            } catch (RejectedExecutionException e) {
                Logger.debug("orders came while the agent stops; the card keeps them");
            }
        }
    }

    private void carryOut(List<HostOrder> told) {
        for (HostOrder order : told) {
            outcome(order).ifPresent(done -> {
                Logger.info("{}: {} {}", order, done.outcome(), done.detail());
                tell(done);
            });
        }
        if (!told.isEmpty()) {
            report();
        }
    }

    private void tell(Command.OrderDone done) {
        if (send(done) instanceof Answer.Refused refused) {
            // The card keeps the order and tells it again; doing it twice does no harm.
            Logger.warn("{} was not told of order {}: {}", card, done.order(), refused.detail());
        }
    }

    /** Whether what is to be let go of is, by now; first all of it is done, and then the card is told. */
    private void look() {
        if (lettingGo.isIdle()) {
            return;
        }
        try {
            List<Command.OrderDone> outcomes = lettingGo.look(clock.bootMillis());
            outcomes.forEach(done -> Logger.info("order {} is done: let go {}", done.order(), done.detail()));
            outcomes.forEach(this::tell);
        } catch (ControlException e) {
            Logger.warn("what is to be let go of is still there: {}", e.getMessage());
        } catch (RuntimeException e) {
            // As with reports.
            Logger.error(e, "a look at what is to be let go of failed; the next one follows. Please report this trace");
        }
    }

    private Optional<Command.OrderDone> outcome(HostOrder order) {
        try {
            switch (order.kind()) {
                case SET_SHARE -> {
                    HostOrder.SetShare set = (HostOrder.SetShare) order;
                    if (set.amount() > 0) {
                        lettingGo.requireMayRun(set.vm());
                    }
                    host.set(set.vm(), set.resource(), set.amount());
                }
                case BRING_ON_LINE -> bringOnLine(((HostOrder.BringOnLine) order).attachment());
                case LET_GO -> {
                    HostOrder.LetGo go = (HostOrder.LetGo) order;
                    Optional<Windows.Window> window = windows.of(go.lease());
                    if (window.isPresent()) {
                        return lettingGo.told(go, window.get(), clock.bootMillis());
                    }
                    // Nothing else can be brought on line by this agent.
                    Logger.info("nothing here uses {}", go.lease());
                }
            }
            return Optional.of(new Command.OrderDone(order.number(), OrderOutcome.DONE, ""));
        } catch (ControlException e) {
            String detail = String.valueOf(e.getMessage());
            return Optional.of(new Command.OrderDone(
                    order.number(),
                    OrderOutcome.FAILED,
                    detail.substring(0, Math.min(detail.length(), LeaseView.MAX_REASON_CHARS))));
        }
    }

    /** Only what simulated hardware lends: for the rest the host needs drivers, and what drives them comes behind the same order. */
    private static void bringOnLine(Attachment attachment) throws ControlException {
        if (!attachment.kind().equals(Windows.KIND)) {
            throw new ControlException("this agent cannot bring a " + attachment.kind() + " on line");
        }
        if (!Files.isReadable(Path.of(attachment.address()))) {
            throw new ControlException("there is no window " + attachment.address() + " here");
        }
    }

    @Override
    public void close() {
        orders.close();
        reports.cancel(false);
        looks.cancel(false);
        thread.shutdownNow();
        client.close();
    }
}
