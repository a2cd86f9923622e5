package org.rackweave.sim.cxl;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.FmCodec;
import org.rackweave.hal.cxl.FmHandler.Handled;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.FmResponder;
import org.rackweave.hal.cxl.Opcode;
import org.rackweave.hal.cxl.ReturnCode;
import org.rackweave.hal.cxl.Tunnel;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.mctp.MctpEndpoint;
import org.rackweave.hal.mctp.MctpMessage;
import org.rackweave.hal.mctp.MctpTcpLink;

/**
 * A simulated switch on a TCP port of this machine, for several clients at once. What one client is answered does not wait for
 * another's delay; the requests of one connection are answered in their order.
 */
public final class CxlSwitchServer implements AutoCloseable {
    /** The most clients at a time: the managers of a rack and people who look. More are hung up on. */
    static final int MOST_CLIENTS = 16;

    /** How long a client may say nothing, in milliseconds: an hour. */
    private static final long MOST_SILENCE_MILLIS = 3_600_000;

    /** How long a client may take to read an answer, in milliseconds. */
    private static final long SEND_MILLIS = 5_000;

    /** The first endpoint id that is not reserved; a manager may give another. */
    private static final int FIRST_ENDPOINT = 8;

    private static final System.Logger LOG = System.getLogger(CxlSwitchServer.class.getName());

    private final ServerSocketChannel listening;
    private final Dialect dialect;
    private final CxlSwitch device;
    private final MctpEndpoint endpoint;
    private final List<PlannedFault> faults;
    private final long commandNanos;
    private final AtomicLong answered = new AtomicLong();
    private final Map<Thread, MctpTcpLink> clients = new LinkedHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread accepting;

    private CxlSwitchServer(ServerSocketChannel listening, SwitchPlan plan, Dialect dialect, long commandNanos)
            throws IOException {
        this.listening = listening;
        this.commandNanos = commandNanos;
        this.dialect = dialect;
        this.device = new CxlSwitch(plan, dialect);
        this.endpoint = new MctpEndpoint(FIRST_ENDPOINT, new UUID(0, plan.serial()));
        this.faults = new ArrayList<>(plan.faults());
        this.accepting = new Thread(this::accept, "cxl-switch");
    }

    /** Starts a switch on this machine's own network, where its plan says. */
    public static CxlSwitchServer start(SwitchPlan plan, Dialect dialect) throws IOException {
        return start(plan, dialect, plan.tcpPort());
    }

    /**
     * The same with a switch that is no faster than some are.
     *
     * @param commandNanos how long it takes for each command at least
     */
    public static CxlSwitchServer startSlow(SwitchPlan plan, Dialect dialect, long commandNanos) throws IOException {
        return start(plan, dialect, plan.tcpPort(), commandNanos);
    }

    /**
     * Starts a switch on this machine's own network.
     *
     * @param port 0: one that is free
     */
    static CxlSwitchServer start(SwitchPlan plan, Dialect dialect, int port) throws IOException {
        return start(plan, dialect, port, 0);
    }

    private static CxlSwitchServer start(SwitchPlan plan, Dialect dialect, int port, long commandNanos)
            throws IOException {
        ServerSocketChannel listening = ServerSocketChannel.open();
        try {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            CxlSwitchServer server = new CxlSwitchServer(listening, plan, dialect, commandNanos);
            server.accepting.start();
            return server;
        } catch (IOException | IllegalArgumentException failed) {
            listening.close();
            throw failed;
        }
    }

    public InetSocketAddress address() throws IOException {
        return (InetSocketAddress) listening.getLocalAddress();
    }

    /** How many messages it has answered. */
    public long answered() {
        return answered.get();
    }

    /** Does this wrong from now on, after what it was told before. */
    public synchronized void tell(PlannedFault fault) {
        faults.add(fault);
    }

    /** Does nothing wrong any more, whatever it was told. */
    public synchronized void calm() {
        faults.clear();
    }

    private void accept() {
        while (listening.isOpen()) {
            try {
                take(listening.accept());
            } catch (IOException failed) {
                if (listening.isOpen()) {
                    LOG.log(System.Logger.Level.WARNING, "a client could not be taken", failed);
                }
            }
        }
    }

    private void take(SocketChannel channel) throws IOException {
        MctpTcpLink link = MctpTcpLink.over(channel);
        Thread thread = new Thread(() -> serve(link), "cxl-switch-client");
        synchronized (this) {
            if (clients.size() >= MOST_CLIENTS || closing.getCount() == 0) {
                link.close();
                return;
            }
            clients.put(thread, link);
        }
        thread.start();
    }

    private void serve(MctpTcpLink link) {
        try (link) {
            while (closing.getCount() > 0) {
                MctpMessage request = link.receive(Deadline.inMillis(MOST_SILENCE_MILLIS));
                Optional<MctpMessage> answer = request.type() == MctpMessage.TYPE_CONTROL
                        ? control(request)
                        : new FmResponder(dialect, endpointId()).answer(request, this::handle);
                if (answer.isPresent()) {
                    if (commandNanos > 0) {
                        LockSupport.parkNanos(commandNanos);
                    }
                    answered.incrementAndGet();
                    link.send(answer.get(), Deadline.inMillis(SEND_MILLIS));
                }
            }
        } catch (IOException gone) {
            LOG.log(System.Logger.Level.DEBUG, "a client is gone: {0}", gone.getMessage());
        } finally {
            forget(Thread.currentThread());
        }
    }

    private synchronized Optional<MctpMessage> control(MctpMessage request) {
        return endpoint.answer(request);
    }

    private synchronized int endpointId() {
        return endpoint.id();
    }

    private synchronized void forget(Thread thread) {
        clients.remove(thread);
    }

    private Optional<Handled> handle(FmRequest<?> request) {
        Optional<PlannedFault> fault = nextFault(request);
        if (fault.isEmpty()) {
            return Optional.of(act(request, CxlSwitch.Honesty.HONEST));
        }
        return switch (fault.get().kind()) {
            case FAIL -> Optional.of(Handled.as(ReturnCode.INTERNAL_ERROR));
            case BUSY -> Optional.of(Handled.as(ReturnCode.BUSY));
            case RETRY -> Optional.of(Handled.as(ReturnCode.RETRY_REQUIRED));
            case BUSY_DONE -> {
                act(request, CxlSwitch.Honesty.HONEST);
                yield Optional.of(Handled.as(ReturnCode.BUSY));
            }
            case HANG -> Optional.empty();
            case FORGET -> {
                act(request, CxlSwitch.Honesty.HONEST);
                yield Optional.empty();
            }
            case LIE, LOSE, MISCOUNT, DIFFER ->
                Optional.of(act(request, fault.get().honesty()));
            case LATE ->
                isStillOpenAfter(fault.get().millis())
                        ? Optional.of(act(request, CxlSwitch.Honesty.HONEST))
                        : Optional.empty();
        };
    }

    /** What is asked in the end, of whomever. */
    private Opcode asked(FmRequest<?> request) {
        return request instanceof Tunnel.Request tunnel
                ? FmCodec.readRequest(dialect, tunnel.message()).fold(this::asked, (fault, detail) -> Opcode.TUNNEL)
                : request.opcode();
    }

    private synchronized Optional<PlannedFault> nextFault(FmRequest<?> request) {
        Opcode asked = asked(request);
        for (Iterator<PlannedFault> each = faults.iterator(); each.hasNext(); ) {
            PlannedFault fault = each.next();
            if (fault.opcode() == asked) {
                each.remove();
                if (fault.count() > 1) {
                    faults.add(0, fault.usedOnce());
                }
                return Optional.of(fault);
            }
        }
        return Optional.empty();
    }

    private synchronized Handled act(FmRequest<?> request, CxlSwitch.Honesty honesty) {
        return device.handle(request, honesty, nowMillis());
    }

    private static long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    /** Somebody pulls out what is behind a port, without asking. */
    public synchronized void unplug(int port) throws IOException {
        device.unplug(port, nowMillis());
    }

    /** Somebody plugs it in again. */
    public synchronized void plug(int port) throws IOException {
        device.plug(port, nowMillis());
    }

    /** What is bound now, as a plan says it. */
    public synchronized List<SwitchPlan.Bound> bound() {
        return device.bound(nowMillis());
    }

    private boolean isStillOpenAfter(long millis) {
        try {
            return !closing.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Waits until somebody closes it. */
    public void awaitClose() throws InterruptedException {
        closing.await();
    }

    @Override
    public void close() throws IOException {
        closing.countDown();
        listening.close();
        Map<Thread, MctpTcpLink> left;
        synchronized (this) {
            left = Map.copyOf(clients);
        }
        for (MctpTcpLink link : left.values()) {
            link.abandon();
        }
        joinAll(left.keySet());
    }

    private void joinAll(Iterable<Thread> threads) {
        try {
            accepting.join();
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
