// All stores, put together by hand: construct and connect, nothing else. app.tsx makes one for the window.
import { reaction } from 'mobx';
import { HistoryStore } from '../activity/history-store.ts';
import { OperationStore } from '../activity/operation-store.ts';
import { AdministrationStore } from '../administration/administration-store.ts';
import type { Bridge } from '../bridge.ts';
import { asError, type ConnectionStore } from '../connections/connection-store.ts';
import { RevertNews } from '../consoles/revert-news.ts';
import { CopyStore } from '../copies/copy-store.ts';
import { EndingStore } from '../env/ending-store.ts';
import { EnvStore } from '../env/env-store.ts';
import { IdleStore } from '../env/idle-store.ts';
import { FetchStore } from '../guest-files/fetch-store.ts';
import { PushStore } from '../guest-files/push-store.ts';
import { RememberedFolders } from '../guest-files/remembered-folders.ts';
import { HostStore } from '../hosts/host-store.ts';
import { MeStore } from '../hosts/me-store.ts';
import { translate } from '../i18n/index.ts';
import { ImageStore } from '../images/image-store.ts';
import { ImportStore } from '../images/imports/import-store.ts';
import { LabStore } from '../labs/lab-store.ts';
import { DriveStore } from '../machines/drive-store.ts';
import { KeptPictures, type TabPlace } from '../machines/kept-pictures.ts';
import { MachineChanges } from '../machines/machine-changes.ts';
import { PortHealthStore } from '../machines/port-health-store.ts';
import { ThumbnailStore } from '../machines/thumbnail-store.ts';
import { VmStore } from '../machines/vm-store.ts';
import { MetricsAsker } from '../metrics/metrics-asker.ts';
import { MetricsStore } from '../metrics/metrics-store.ts';
import { SessionStore } from '../onboarding/session-store.ts';
import type { DesktopStore } from '../settings/desktop-store.ts';
import { LoginStore } from '../settings/login-store.ts';
import { PanesStore } from '../panes/panes-store.ts';
import { PeopleStore } from '../people/people-store.ts';
import { TeamStore } from '../people/team-store.ts';
import { type SettingsPlace, SettingsStore } from '../settings/settings-store.ts';
import { RecordingsStore } from '../recordings/recordings-store.ts';
import { RunStore } from '../runs/run-store.ts';
import { TemplateStore } from '../templates/template-store.ts';
import { DragStore } from '../snapshots/drag-store.ts';
import { ShelfStore } from '../snapshots/shelf-store.ts';
import { SnapshotPictures } from '../snapshots/snapshot-pictures.ts';
import { SnapshotStore } from '../snapshots/snapshot-store.ts';
import { TakeStore } from '../snapshots/take-store.ts';
import { ClockStore } from './clock-store.ts';
import { answersInOrder } from './answers-in-order.ts';
import { Feed } from './feed.ts';
import type { Frames } from '../components/frames.ts';
import { LinkStore } from './link-store.ts';
import { RightsStore } from './rights-store.ts';
import { ToastStore } from './toast-store.ts';
import { type AddressBar, ViewStore } from './view-store.ts';

/** What the window lends to the stores; tests give their own. */
export interface Surroundings {
  address: AddressBar;
  settingsPlace: SettingsPlace | null;
  languages: readonly string[];
  isShown: () => boolean;
  /** When the window is drawn; absent or null: it is not, and events are applied one by one. */
  frames?: Frames | null;
  /** What ends with the tab; absent or null: nothing is kept there. */
  tabPlace?: TabPlace | null;
  /** Calls `listener` when the page goes, until the answer is called; absent: it never says so. */
  onLeaving?: (listener: () => void) => () => void;
  /** Those of the desktop; absent or null in a browser. */
  connections?: ConnectionStore | null;
  /** The desktop around the window; absent or null in a browser. */
  desktop?: DesktopStore | null;
}

export class Stores {
  readonly bridge: Bridge;
  readonly connections: ConnectionStore | null;
  readonly desktop: DesktopStore | null;
  readonly clock = new ClockStore();
  readonly toasts = new ToastStore();
  readonly drag = new DragStore();
  readonly metrics = new MetricsStore();
  readonly hosts: HostStore;
  readonly settings: SettingsStore;
  readonly view: ViewStore;
  readonly panes: PanesStore;
  readonly session: SessionStore;
  readonly link: LinkStore;
  readonly me: MeStore;
  readonly rights: RightsStore;
  readonly logins: LoginStore;
  readonly people: PeopleStore;
  readonly teams: TeamStore;
  readonly operations: OperationStore;
  readonly history: HistoryStore;
  readonly administration: AdministrationStore;
  readonly images: ImageStore;
  readonly imports: ImportStore;
  readonly vms: VmStore;
  readonly drives: DriveStore;
  readonly envs: EnvStore;
  readonly endings: EndingStore;
  readonly idle: IdleStore;
  readonly copies: CopyStore;
  readonly snapshots: SnapshotStore;
  readonly takes: TakeStore;
  readonly shelf: ShelfStore;
  readonly labs: LabStore;
  readonly templates: TemplateStore;
  readonly machines: MachineChanges;
  readonly runs: RunStore;
  readonly recordings: RecordingsStore;
  readonly revertNews: RevertNews;
  readonly pushes: PushStore;
  readonly fetches: FetchStore;
  readonly thumbnails: ThumbnailStore;
  readonly portHealth: PortHealthStore;
  readonly pictures: SnapshotPictures;
  readonly #metricsAsker: MetricsAsker;
  readonly #keptPictures: KeptPictures;
  readonly #feed: Feed;
  #envHistory: HistoryStore | null = null;

  constructor(direct: Bridge, surroundings: Surroundings) {
    const frames = surroundings.frames ?? null;
    const bridge = frames ? answersInOrder(direct, () => this.#feed.flush()) : direct;
    this.bridge = bridge;
    this.settings = new SettingsStore(surroundings.settingsPlace, surroundings.languages);
    this.connections = surroundings.connections ?? null;
    this.panes = new PanesStore(surroundings.settingsPlace, this.connections?.shownId ?? null);
    this.desktop = surroundings.desktop ?? null;
    this.session = new SessionStore(bridge, this.connections, {
      joined: () => this.toasts.say(translate('onboarding.joinedAnew')),
      failed: (error) => this.toasts.fail(translate('onboarding.joinFailed'), error),
    });
    // Nothing that events tell depends on the answers of `direct`, some of which come many times a second: they hurry no event.
    this.link = new LinkStore(direct);
    this.hosts = new HostStore(bridge);
    this.me = new MeStore(direct, this.link, this.hosts);
    this.rights = new RightsStore(this.me);
    this.logins = new LoginStore(bridge);
    this.people = new PeopleStore(bridge);
    this.teams = new TeamStore(bridge);
    this.operations = new OperationStore(bridge, this.toasts);
    this.history = new HistoryStore(bridge);
    this.administration = new AdministrationStore(bridge);
    this.images = new ImageStore(bridge, this.operations, this.toasts);
    this.imports = new ImportStore(bridge, this.operations, this.link, surroundings.settingsPlace);
    this.vms = new VmStore(bridge, this.operations, this.toasts);
    this.drives = new DriveStore(bridge, this.operations);
    this.envs = new EnvStore(bridge, this.operations, this.toasts);
    this.labs = new LabStore(bridge, this.operations, this.envs, this.vms);
    this.templates = new TemplateStore(bridge, this.operations, this.me);
    this.endings = new EndingStore(this.envs, this.me, this.clock);
    this.view = new ViewStore(surroundings.address, () =>
      this.envs.all.length === 1 ? (this.envs.all[0]?.name ?? null) : null,
    );
    this.snapshots = new SnapshotStore(bridge, this.operations, this.toasts);
    this.takes = new TakeStore(bridge, this.operations, this.snapshots, this.toasts);
    this.shelf = new ShelfStore(this);
    this.copies = new CopyStore(bridge, this.operations, this.toasts, this.view);
    this.machines = new MachineChanges(bridge, this.operations, this.vms, this.snapshots);
    this.recordings = new RecordingsStore(bridge, this);
    this.revertNews = new RevertNews(this);
    this.runs = new RunStore(bridge, this.toasts);
    this.idle = new IdleStore(this);
    this.fetches = new FetchStore(bridge, this.operations, this.toasts);
    const folders = new RememberedFolders(surroundings.settingsPlace);
    this.pushes = new PushStore(bridge, this.operations, this.toasts, this.view, folders);
    this.portHealth = new PortHealthStore(direct, this, surroundings.isShown);
    this.thumbnails = new ThumbnailStore(direct, this.link, this.vms, this.rights, surroundings.isShown);
    this.#metricsAsker = new MetricsAsker(direct, this, surroundings.isShown);
    this.pictures = new SnapshotPictures(bridge, this.rights);
    this.#keptPictures = new KeptPictures(this, {
      place: surroundings.tabPlace ?? null,
      connection: this.connections?.shownId ?? null,
      onLeaving: surroundings.onLeaving ?? (() => () => {}),
    });
    this.#feed = new Feed(direct, this, frames);
  }

  /** What was done in an ENV; that of the one that was looked at last is kept. */
  readonly historyOf = (envName: string): HistoryStore => {
    if (this.#envHistory?.envName !== envName) this.#envHistory = new HistoryStore(this.bridge, { envName });
    return this.#envHistory;
  };

  /** Starts everything that runs in the background; the answer stops it. */
  start(): () => void {
    let stopWork: (() => void)[] = [];
    const stopAll = () => {
      for (const stop of stopWork) stop();
      stopWork = [];
    };
    const stops = [
      this.settings.start(),
      this.panes.start(),
      this.view.start(),
      this.clock.start(),
      reaction(
        () => this.session.state === 'ready',
        (ready, wasReady) => {
          stopAll();
          // Whoever logs in next sees nothing of the one before.
          if (wasReady === true && !ready) this.#keptPictures.forget();
          if (!ready) return;
          const working = [
            this.link,
            this.me,
            this.idle,
            this.thumbnails,
            this.#metricsAsker,
            this.portHealth,
            this.#keptPictures,
            this.imports,
          ];
          stopWork = [this.#feed.start(), ...working.map((store) => store.start())];
        },
        { fireImmediately: true },
      ),
      reaction(
        () => this.connections?.shown?.link,
        (below) => this.link.setBelow(below?.kind === 'lost' ? { ...below, error: asError(below.failure) } : null),
        { fireImmediately: true },
      ),
      reaction(
        () => this.link.up,
        (up) => !up && this.metrics.forget(),
      ),
      reaction(
        () => (this.link.isStale ? (this.link.lastKnownAt?.getTime() ?? null) : null),
        (at) => this.clock.hold(at),
        { fireImmediately: true },
      ),
      reaction(
        () => this.link.error?.code,
        (code) => code === 'UNAUTHORIZED' && this.session.refused(),
      ),
      this.session.start(),
      stopAll,
      () => this.recordings.stopAll(),
      () => this.toasts.stop(),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }
}
