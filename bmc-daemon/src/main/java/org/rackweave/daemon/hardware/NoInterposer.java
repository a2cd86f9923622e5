package org.rackweave.daemon.hardware;

import java.util.List;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareAttachment;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.Provenance;
import org.rackweave.hal.Route;
import org.rackweave.hal.WipeReport;

/** A node that routes nothing: it sees its neighbours and may borrow, and lends nothing. */
final class NoInterposer implements Interposer {
    @Override
    public String description() {
        return "no interposer: this node lends nothing";
    }

    @Override
    public Provenance provenance() {
        return Provenance.REAL;
    }

    @Override
    public List<HardwareSlice> slices() {
        return List.of();
    }

    @Override
    public Route route(String sliceKey) throws HalException {
        throw absent(sliceKey, "read route");
    }

    @Override
    public HardwareAttachment bind(String sliceKey, String hostPort, long epoch) throws HalException {
        throw absent(sliceKey, "bind");
    }

    @Override
    public void unbind(String sliceKey, long epoch) throws HalException {
        throw absent(sliceKey, "unbind");
    }

    @Override
    public WipeReport sanitise(String sliceKey) throws HalException {
        throw absent(sliceKey, "sanitise");
    }

    private static HalException absent(String sliceKey, String operation) {
        return new HalException.Unavailable(
                sliceKey, operation, "no interposer is configured", "set lending.interposer.provider");
    }

    @Override
    public void close() {}
}
