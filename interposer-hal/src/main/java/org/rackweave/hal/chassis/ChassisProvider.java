package org.rackweave.hal.chassis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.InterposerProvider;
import org.rackweave.hal.cxl.pool.CxlSwitchProvider;
import org.rackweave.hal.switchtec.routing.SwitchtecInterposerProvider;
import org.rackweave.hal.sysfs.ChassisFiles;

/** Opens a chassis of modules with the switches in it; chosen in the configuration by {@code chassis}. */
public final class ChassisProvider implements InterposerProvider {
    private static final List<InterposerProvider> SWITCHES =
            List.of(new CxlSwitchProvider(), new SwitchtecInterposerProvider());

    @Override
    public String name() {
        return ChassisSettings.NAME;
    }

    @Override
    public Interposer open(String nodeName, Map<String, String> settings) throws HalException {
        ChassisSettings parsed = ChassisSettings.parse(settings);
        ChassisFiles files = ChassisFiles.below(parsed.root());
        try {
            return ChassisInterposer.open(parsed, files, () -> switches(nodeName, parsed));
        } catch (HalException | RuntimeException failed) {
            files.close();
            throw failed;
        }
    }

    /** All of them, or none. */
    private static List<Interposer> switches(String nodeName, ChassisSettings settings) throws HalException {
        List<Interposer> opened = new ArrayList<>();
        try {
            // In the order of their names, so that slices have the same order at each start.
            for (Map.Entry<String, Map<String, String>> each : new TreeMap<>(settings.switches()).entrySet()) {
                opened.add(provider(each.getKey()).open(nodeName, each.getValue()));
            }
            return opened;
        } catch (HalException failed) {
            opened.forEach(Interposer::close);
            throw failed;
        }
    }

    private static InterposerProvider provider(String name) throws HalException {
        return SWITCHES.stream()
                .filter(provider -> provider.name().equals(name))
                .findAny()
                .orElseThrow(() -> new HalException.Refused(
                        ChassisSettings.NAME,
                        "open",
                        "no switch of a chassis is called " + name,
                        "begin the settings of its switches with "
                                + SWITCHES.stream()
                                        .map(each -> each.name() + ".")
                                        .toList()));
    }
}
