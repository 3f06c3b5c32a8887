import { Component, type ReactNode } from "react";
import styles from "./ui.module.css";

/** Where a part of the page fails, this stands instead of it, and the rest goes on. */
export class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <div className={styles.trouble} role="alert">
        <h1>This part of the page does not work</h1>
        <p>{this.state.error.message}</p>
        <p>If the sandbox was restarted or updated, loading the page again helps.</p>
        <button type="button" className={styles.again} onClick={() => location.reload()}>
          Load the page again
        </button>
      </div>
    );
  }
}
