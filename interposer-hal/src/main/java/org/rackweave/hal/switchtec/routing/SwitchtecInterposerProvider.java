package org.rackweave.hal.switchtec.routing;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.InterposerProvider;
import org.rackweave.hal.nativelinux.SwitchtecFile;
import org.rackweave.hal.switchtec.DeviceLink;
import org.rackweave.hal.switchtec.EthernetLink;
import org.rackweave.hal.switchtec.SwitchtecLink;
import org.rackweave.hal.switchtec.wire.SwitchIdentity;
import org.rackweave.hal.switchtec.wire.SwitchIdentity.Personality;

/** Opens {@link SwitchtecInterposer}s; chosen in the configuration by {@code switchtec}. */
public final class SwitchtecInterposerProvider implements InterposerProvider {
    @Override
    public String name() {
        return "switchtec";
    }

    @Override
    public Interposer open(String nodeName, Map<String, String> settings) throws HalException {
        SwitchtecSettings parsed = SwitchtecSettings.parse(settings);
        return SwitchtecInterposer.open(parsed, () -> link(parsed));
    }

    private static SwitchtecLink link(SwitchtecSettings settings) throws HalException {
        if (settings.place() instanceof SwitchtecSettings.Place.Driver driver) {
            return new DeviceLink(SwitchtecFile.open(Path.of(driver.path())), settings.timeout());
        }
        SwitchtecSettings.Place.Ethernet place = (SwitchtecSettings.Place.Ethernet) settings.place();
        InetSocketAddress address = new InetSocketAddress(place.host(), place.tcpPort());
        if (address.isUnresolved()) {
            throw new HalException.Unavailable(
                    place.host(), "open", "nobody knows that name", "correct the setting address");
        }
        EthernetLink link = EthernetLink.open(address, place.instance(), settings.timeout());
        try {
            requireUsable(link, settings.hosts());
            return link;
        } catch (HalException unusable) {
            link.close();
            throw unusable;
        }
    }

    private static void requireUsable(EthernetLink link, HostPartitions hosts) throws HalException {
        SwitchIdentity identity = link.identity();
        if (identity.personality() != Personality.FAN_OUT) {
            throw new HalException.Refused(
                    link.device(),
                    "open",
                    "its device id is 0x" + Integer.toHexString(identity.deviceId()) + ", which is "
                            + identity.personality(),
                    "lend by a fan-out switch with partitions (PSX)");
        }
        if (hosts.highest() >= identity.partitionCount()) {
            throw new HalException.Refused(
                    link.device(),
                    "open",
                    "it has " + identity.partitionCount() + " partitions, and a host is at partition "
                            + hosts.highest(),
                    "correct the setting hosts; partitions count from 0");
        }
    }
}
