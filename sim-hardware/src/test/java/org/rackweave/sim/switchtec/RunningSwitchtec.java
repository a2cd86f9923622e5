package org.rackweave.sim.switchtec;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;

/** A simulated Switchtec for tests of other packages, on a port that was free. */
public final class RunningSwitchtec implements AutoCloseable {
    private final SwitchtecServer server;

    private RunningSwitchtec(SwitchtecServer server) {
        this.server = server;
    }

    /** @param config as {@code rackweave-lab switch switchtec --config} takes it */
    public static RunningSwitchtec start(String config) throws IOException {
        return new RunningSwitchtec(SwitchtecServer.start(
                new InetSocketAddress("127.0.0.2", 0),
                SwitchtecConfig.parse(config),
                new SwitchtecFaults(Optional.empty()),
                Optional.empty()));
    }

    /** Where it listens, as {@code HOST:PORT}. */
    public String place() {
        return "127.0.0.2:" + server.address().getPort();
    }

    /** The link of a physical port goes down and up again. */
    public void flap(int port) {
        server.flap(port, 1);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
