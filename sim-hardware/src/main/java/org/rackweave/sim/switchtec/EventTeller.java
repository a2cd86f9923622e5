package org.rackweave.sim.switchtec;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.Semaphore;
import org.rackweave.hal.switchtec.wire.EthernetHeader;
import org.rackweave.hal.switchtec.wire.EthernetHeader.Packet;

/** Tells one client that something occurred, on a thread of its own, so that nobody waits for a client that does not read. */
final class EventTeller implements AutoCloseable {
    private final Socket socket;
    private final Semaphore due = new Semaphore(0);
    private final Thread thread = new Thread(this::run, "switchtec-events");

    EventTeller(Socket socket) {
        this.socket = socket;
        thread.setDaemon(true);
    }

    void start() {
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    boolean isOf(Socket other) {
        return socket.equals(other);
    }

    /** Returns at once. */
    void tell() {
        due.release();
    }

    private void run() {
        try {
            while (true) {
                due.acquire();
                // Several that are due are one.
                due.drainPermits();
                socket.getOutputStream().write(EthernetHeader.frame(Packet.EVENT, 0, 0, new byte[0], 0));
            }
        } catch (InterruptedException | IOException gone) {
            // The client is gone, and its connection is ended by whoever reads from it.
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
